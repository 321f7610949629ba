// Runs Lighthouse, which lies in the folder that is named first, in the Chromium that is named second. What to look at
// comes through standard input: a list of {name, url, headers, runs}. Prints for each page the scores of every run, and
// what the first one, which looks at everything, has to complain of.
import {readFileSync} from "node:fs";
import {pathToFileURL} from "node:url";

const [folder, chromePath, ...chromeFlags] = process.argv.slice(2);
const from = (file) => import(pathToFileURL(`${folder}/node_modules/${file}`).href);
const {default: lighthouse} = await from("lighthouse/core/index.js");
const {launch} = await from("chrome-launcher/dist/index.js");

const chrome = await launch({chromePath, chromeFlags});
const complaint = ({id, title, displayValue}) => `${id}: ${title} ${displayValue || ""}`.trim();
const results = [];
try {
  for (const {name, url, headers, runs} of JSON.parse(readFileSync(0, "utf8"))) {
    const result = {name, scores: {}, complaints: {}};
    for (let run = 0; run < runs; run++) {
      const {lhr} = await lighthouse(url, {
        port: chrome.port, logLevel: "silent", extraHeaders: headers, disableFullPageScreenshot: true,
        onlyCategories: run ? ["performance"] : null});
      if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.code}`);
      for (const [category, {score, auditRefs}] of Object.entries(lhr.categories)) {
        (result.scores[category] ||= []).push(Math.round(score * 100));
        result.complaints[category] ||= auditRefs.filter(({id, weight}) => weight && lhr.audits[id].score !== null
          && lhr.audits[id].score < 1).map(({id}) => complaint(lhr.audits[id]));
      }
    }
    results.push(result);
  }
} finally {
  await chrome.kill();
}
console.log(JSON.stringify(results));
