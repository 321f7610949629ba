"""What a post may not say: fees, deposits, and conditions that the law forbids.

Interim Regulations on the Human Resources Market, art. 15 (services are free) and 24 (no discrimination by ethnic
group, race, sex or religion); Labour Contract Law, art. 9 (no deposit, no keeping of papers).
"""

import re
import unicodedata

from app.errors import Refused
from app.i18n import _

# Somebody who promises that nothing is taken must not be refused for naming it.
_PROMISED = re.compile(
    r"(?:不|无|免|没有|不用|无需|零|0)\s*(?:收|交|要|需|付|缴|扣|押)*\s*(?:取|纳)?\s*(?:任何|一切)?\s*"
    r"(?:押金|保证金|服装费|报名费|中介费|培训费|体检费|办证费|会费|费用|费|身份证)")
_FEE = re.compile(
    r"押金|保证金|服装费|工装费|报名费|中介费|介绍费|培训费|体检费|办证费|资料费|建档费|会员费|入会费|手续费|"
    r"收费\s*\d|(?:先|需|要|须|自)\s*(?:交|缴|付|垫)\s*(?:纳)?\s*(?:钱|款|费|\d+)|deposit|\bfee\b", re.IGNORECASE)
_PAPERS = re.compile(r"(?:扣|押|收|抵押)\s*(?:留)?\s*(?:身份证|证件)")
_SEX = re.compile(
    r"(?:限|只要|仅限|只招|仅招|只收|招|要|需)\s*(?:男(?![女鞋袜包童厕装衣])|女(?![男鞋袜包童厕装衣]))|"
    r"(?:男|女)(?:性|士|工|的)?\s*(?:优先|勿扰|免谈|不要|不收|莫来)|不(?:要|收|招)\s*(?:男|女)|"
    r"\b(?:men|women|males?|females?)\s+only\b|未婚(?:优先)?|已婚已育|不(?:要|招)孕", re.IGNORECASE)
_ORIGIN = re.compile(
    r"不(?:要(?!求)|收|招)\s*\S{1,6}(?:族|人|籍)|(?:限|只要|只招|仅限)\s*(?:汉族|\S{1,4}族)|少数民族\s*(?:勿扰|免谈|不要)|"
    r"(?:限|只要|只招|仅限)\s*(?:本地|外地)人?")
_FAITH = re.compile(
    r"(?:信教|宗教|信佛|信主|基督|穆斯林|回民)\S{0,4}(?:勿扰|免谈|不要|不收|莫来)|不(?:要|收|招)\s*(?:信|有宗教)")


def check(**texts: str) -> None:
    """Raises Refused, with the field and the law's sentence, for the first text that may not be posted."""
    for field, given in texts.items():
        plain = unicodedata.normalize("NFKC", given)
        for rule, sentence in _RULES:
            found = rule.search(_PROMISED.sub("", plain))
            if found:
                raise Refused(sentence, field=field, found=found[0].strip())


_RULES = (
    (_FEE, _("“{found}”: nobody may be asked for a fee or a deposit for work (Human Resources Market Regulations, "
             "art. 15; Labour Contract Law, art. 9). Please take it out.")),
    (_PAPERS, _("“{found}”: an employer may not keep people's papers (Labour Contract Law, art. 9). Please take it "
                "out.")),
    (_SEX, _("“{found}”: work may not be limited by sex or marriage (Human Resources Market Regulations, art. 24). "
             "Please say what the work demands instead.")),
    (_ORIGIN, _("“{found}”: people may not be shut out for where they come from or their ethnic group (Human Resources "
                "Market Regulations, art. 24). Please take it out.")),
    (_FAITH, _("“{found}”: people may not be shut out for their faith (Human Resources Market Regulations, art. 24). "
               "Please take it out.")),
)
