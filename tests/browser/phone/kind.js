// What the page that is open has against the rules of kindness, as the browser has laid it out: a line for each thing.
// `base` is the size of text that was chosen. A link in the middle of a sentence is a target like any other: it is
// measured by its own box, so a page cannot have one unless it is made as large as a finger.
({base, sideways}) => {
  const found = [];
  const shown = (box) => box.width > 0 && box.height > 0;
  const kept = (element) => getComputedStyle(element).visibility !== "hidden" && !element.closest("[hidden]");
  const named = (element) => `<${element.tagName.toLowerCase()} ${element.className}> ${
    (element.textContent || element.value || "").trim().replace(/\s+/g, " ").slice(0, 40)}`;
  const target = (element) => /^(radio|checkbox)$/.test(element.type)
    ? element.closest("label") || (element.labels && element.labels[0]) || element : element;

  for (const element of document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"], [role=button], [role=link]')) {
    const boxes = Array.from(target(element).getClientRects()).filter(shown);
    const least = element.matches("button, .button, input[type=submit]") ? 60 : 48;
    if (!boxes.length || !kept(element)) continue;
    for (const box of boxes)
      if (box.width < least - .1 || box.height < least - .1)
        found.push(`a target of ${box.width.toFixed(1)} × ${box.height.toFixed(1)} instead of ${least}: ${named(element)}`);
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set(), written = [];
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("script, style, noscript, svg, option")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const boxes = Array.from(range.getClientRects()).filter(shown);
    if (!boxes.length || !kept(element)) continue;
    for (const box of boxes)
      if (sideways && (box.right > document.documentElement.clientWidth + .5 || box.left < -.5))
        found.push(`text sticks out to ${box.left.toFixed()}…${box.right.toFixed()}: ${named(element)}`);
    if (element.checkVisibility()) for (const box of boxes) written.push({box, element, node: texts.currentNode});
    if (seen.has(element)) continue;
    seen.add(element);
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    if (size < base - .1) found.push(`text of ${size} px instead of ${base}: ${named(element)}`);
    if (!(parseFloat(style.lineHeight) / size >= 1.499))
      found.push(`lines ${style.lineHeight} apart at ${style.fontSize}: ${named(element)}`);
  }

  const over = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2;
  for (const [i, one] of written.entries()) for (const other of written.slice(i + 1))
    if (one.node !== other.node && over(one.box, other.box))
      found.push(`text lies over other text: ${named(one.element)} and ${named(other.element)}`);

  const wide = document.documentElement.scrollWidth;
  if (sideways && wide > document.documentElement.clientWidth)
    found.push(`one has to scroll sideways, it is ${wide} px wide`);
  const main = Array.from(document.querySelectorAll("main button:not(.plain), main .button:not(.plain)"))
    .filter((element) => shown(element.getBoundingClientRect()));
  if (main.length > 1) found.push(`${main.length} main actions: ${main.map(named).join("; ")}`);
  return Array.from(new Set(found));
}
