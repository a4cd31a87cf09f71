// Which words of a text are new beside another text.

/** The text in pieces, words and what stands between them; nothing is lost. */
export function wordsOf(text, language) {
  const segments = new Intl.Segmenter(language, { granularity: "word" }).segment(text);
  return [...segments].map(({ segment }) => segment);
}

const WORD = /[\p{L}\p{N}]/u;

/** What stands between two new words is new with them, so that a new sentence is one stretch. */
function joined(parts) {
  const whole = [];
  parts.forEach(([piece, isNew], i) => {
    const between = !WORD.test(piece) && parts[i - 1]?.[1] && parts[i + 1]?.[1];
    add(whole, piece, isNew || Boolean(between));
  });
  return whole;
}

/**
 * The second text in stretches, each with whether it is new: not in the longest common sequence of both.
 * @returns {[string, boolean][]}
 */
export function newWords(before, after) {
  const common = commonLengths(before, after);
  const parts = [];
  for (let i = 0, j = 0; j < after.length; ) {
    if (i < before.length && before[i] === after[j]) {
      add(parts, after[j], false);
      i++;
      j++;
    } else if (i < before.length && common[i + 1][j] >= common[i][j + 1]) i++;
    else add(parts, after[j++], true);
  }
  return joined(parts);
}

function add(parts, piece, isNew) {
  const last = parts.at(-1);
  if (last && last[1] === isNew) last[0] += piece;
  else parts.push([piece, isNew]);
}

/** Length of the longest common sequence of what follows position i in one and j in the other. */
function commonLengths(before, after) {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i][j] = before[i] === after[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}
