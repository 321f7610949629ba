"""Text that was damaged on its way: converted, decoded or exported wrongly. It is reported, never taken as it is."""

import re

from app.i18n import _

GLOSS = _("Pinyin stands between the characters; the file was converted. Please type the text again.")
BROKEN = _("Some characters were lost when the file was converted. Please type the text again.")
MOJIBAKE = _("The characters were garbled when the file was converted. Please save the file again as .xlsx, or as CSV "
             "in UTF-8.")
ESCAPED = _("Codes such as &#24352; stand here instead of characters. Please type the text again.")
EXCEL = _("The formula of this cell has no result ({text}). Please type the value.")

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff、，。；（）\s.,;:()/+\-]*")
_LOST = re.compile(r"[\ufffd-\uffff\ue000-\uf8ff\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f]|\?{2,}|？{3,}|□{2,}"
                   rf"|(?<=[{_HAN}])\?(?=[{_HAN}])")
_KNOWN = re.compile("锟斤|斤拷|锘挎|烫烫烫|屯屯屯|ï»¿|[\x80-\x9f]")
_GLOSS = re.compile(rf"[{_HAN}]\s*[(（\[〔]?\s*[a-zü]*[{_TONES}][a-zü{_TONES}]*|[a-zü]*[{_TONES}][a-zü{_TONES}]*"
                    rf"\s*[)）\]〕]?\s*[{_HAN}]", re.IGNORECASE)
_NAME_GLOSS = re.compile(rf"[{_HAN}]\s*[(（\[〔]?\s*[a-zü]{{1,6}}[1-5]?\s*[)）\]〕]"
                         rf"|[{_HAN}][a-zü]{{2,6}}[1-5]?[{_HAN}]", re.IGNORECASE)
_ESCAPED = re.compile(r"&#x?[0-9a-f]{2,6};|&(?:amp|nbsp|lt|gt|quot);|\\u[0-9a-f]{4}|(?:%[0-9a-f]{2}){3}",
                      re.IGNORECASE)
_CHINESE = re.compile(f"[{_HAN}\u3000-\u303f\uff00-\uffef\u2010-\u2027]+")
_HIGH = re.compile("[\u00a1-\u00fe]{4,}")
_EXCEL = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!)", re.IGNORECASE)


def found(text: str, *, name: bool = False) -> str | None:
    """The sentence (a message id) that says how the text was damaged; None when it is whole. Names are judged more
    strictly: a question mark, or plain letters after a character, do not belong in them."""
    if name and ("?" in text or _NAME_GLOSS.search(text)):
        return BROKEN if "?" in text else GLOSS
    if _PLAIN.fullmatch(text) and not _KNOWN.search(text):
        return MOJIBAKE if _was_utf8(text, "gb18030") else None
    return next((sentence for harmed, sentence in _HARMS if harmed(text)), None)


def _garbled(text: str) -> bool:
    return (_was_utf8(text, "latin-1") or _was_utf8(text, "cp1252") or _was_utf8(text, "gb18030")
            or any(_was_gbk(run) for run in _HIGH.findall(text)))


def _was_utf8(text: str, read_as: str) -> bool:
    """Whether the text makes better sense as UTF-8 that somebody read in another encoding: å¼ ä¸‰, 寮犱笁, Ã©."""
    if text.isascii():
        return False
    try:
        meant = text.encode(read_as).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
    if read_as != "gb18030":
        return len(meant) < len(text)
    # Real Chinese hardly ever is valid UTF-8 in GB18030's bytes; ask for two characters of everyday use to be sure.
    return len(meant) < len(text) and sum("\u4e00" <= sign <= "\u9fff" for sign in meant) >= 2


def _was_gbk(run: str) -> bool:
    """ÕÅÈý: Chinese in GBK that was read as Latin letters."""
    try:
        meant = run.encode("latin-1").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
    return _CHINESE.fullmatch(meant) is not None and any("\u3400" <= sign <= "\u9fff" for sign in meant)


_HARMS = ((_EXCEL.fullmatch, EXCEL), (_LOST.search, BROKEN), (_KNOWN.search, MOJIBAKE), (_garbled, MOJIBAKE),
          (_GLOSS.search, GLOSS), (_ESCAPED.search, ESCAPED))
