// Words that were left in English on a Chinese page.

/** What may stand in Latin letters: names, units, file types, and what is typed on the command line. */
const NAMES = /--pages|policy\.learning_rate|thumbscale( run FILE --no-contrast| autopsy)?|English|GPT-4o|[AB](?![a-z])|A\/B|KL|PNG|SVG|CSV|TOML|logit|nat|Ctrl(\+C)?|JavaScript|[a-z0-9]+(-[a-z0-9]+)+/g;

/** Texts on show, also those that are only read aloud, with a Latin word that is no name. */
export async function leftInEnglish(page) {
  const texts = await page.evaluate(() => {
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest("code, kbd, noscript");
    const found = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (seen(walker.currentNode.parentElement)) found.push(walker.currentNode.textContent.trim());
    for (const node of document.querySelectorAll("[aria-label], [title], [aria-valuetext]")) {
      if (seen(node)) found.push(...["aria-label", "title", "aria-valuetext"].map((name) => node.getAttribute(name) ?? ""));
    }
    for (const option of document.querySelectorAll("option")) if (seen(option.closest("select"))) found.push(option.textContent);
    return found;
  });
  return texts.filter((text) => /[A-Za-z]{2,}/.test(text.replace(NAMES, "")));
}
