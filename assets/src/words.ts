// Words of the page's language that scripts show; the server writes them on <body data-words>.

const texts: Record<string, string> = JSON.parse(document.body.dataset["words"] ?? "{}");

/** The language of the page: "en" or "fr". */
export const language = document.documentElement.lang === "fr" ? "fr" : "en";

/** The phrase `key`, its `{name}` places filled. */
export function word(key: string, places: Record<string, string | number> = {}): string {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(places[name] ?? whole));
}
