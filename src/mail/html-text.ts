/** Tags that do not part words. */
const inline =
  /<\/?(?:a|abbr|b|big|bdi|bdo|cite|code|em|font|i|ins|mark|q|s|small|span|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*)?>/gi;
const otherTags = /<[a-z!/?][^<>]*>/gi;
/** What begins and ends what people do not read. */
const hiding = [
  [/<!--/g, /-->/g],
  [/<script\b/gi, /(?=<\/script\b)/gi],
  [/<style\b/gi, /(?=<\/style\b)/gi],
] as const;
const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,8}));/g;

/** Of the characters 160 to 255, in their order (HTML 4.01 §24.2). */
const latin1 =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute " +
  "micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig " +
  "Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash " +
  "Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute " +
  "ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc " +
  "uuml yacute thorn yuml";
const named = new Map<string, string>([
  ...latin1.split(" ").map((name, index): [string, string] => [name, String.fromCharCode(160 + index)]),
  ...Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", euro: "€", hellip: "…" }),
  ...Object.entries({ ndash: "–", mdash: "—", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”", bdquo: "„" }),
  ...Object.entries({ oelig: "œ", OElig: "Œ", scaron: "š", Scaron: "Š", bull: "•", trade: "™" }),
]);

/** The text of HTML roughly as people read it: without tags, entities decoded. For searching, not for showing. */
export function htmlText(html: string): string {
  return hiding
    .reduce((text, [from, to]) => without(text, from, to), html)
    .replace(inline, "")
    .replace(otherTags, " ")
    .replace(entity, (all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return named.get(name) ?? all;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    });
}

/** A text without what stands between the one and the next of the other; where that is missing, as it is. */
function without(text: string, from: RegExp, to: RegExp): string {
  let kept = "";
  let at = 0;
  for (;;) {
    const start = next(text, from, at);
    const end = start && next(text, to, start.index);
    if (!start || !end) return kept + text.slice(at);
    kept += `${text.slice(at, start.index)} `;
    at = end.index + end[0].length;
  }
}

function next(text: string, pattern: RegExp, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}
