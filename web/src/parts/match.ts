// Finding by a few letters.

/** A score for how well `text` fits what was typed, higher is better; -1 if it does not. */
export function score(query: string, text: string): number {
  const q = query.toLowerCase().trim();
  const t = text.toLowerCase();
  if (!q) return 0;
  let total = 0;
  for (const word of q.split(/\s+/)) {
    const s = scoreWord(word, t);
    if (s < 0) return -1;
    total += s;
  }
  return total - t.length / 200;
}

function scoreWord(q: string, t: string): number {
  const at = t.indexOf(q);
  if (at >= 0) return 100 + (at === 0 ? 40 : /[\s_.\-/]/.test(t[at - 1]!) ? 25 : 0) + (q.length / t.length) * 20;
  // The letters in order, better where they begin words.
  let score = 0;
  let from = 0;
  let last = -2;
  for (const c of q) {
    const i = t.indexOf(c, from);
    if (i < 0) return -1;
    score += i === last + 1 ? 6 : i === 0 || /[\s_.\-/]/.test(t[i - 1]!) ? 5 : 0;
    last = i;
    from = i + 1;
  }
  return score - (last - q.length) * 0.3 > 0 ? score : 0;
}
