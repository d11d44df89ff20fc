// A page out of memory says so itself, before any script of it runs.

/** When a page was kept, ms. */
export const STORED_AT = "x-stored-at";

export const storedAt = (page: Response) => Number(page.headers.get(STORED_AT) ?? 0);

/** Whole pages of ours; neither failures nor what a redirect led to. */
export function isKept(page: Response): boolean {
  const html = page.headers.get("content-type")?.startsWith("text/html") === true;
  return page.ok && !page.redirected && page.type === "basic" && html;
}

/** The page with its note of being offline shown, and the instant it is from where scripts find it. */
export async function marked(page: Response, at: number): Promise<Response> {
  const html = await page.text();
  const told = html
    .replace("<body ", `<body data-offline="${at}" `)
    .replace("data-offline-note hidden", "data-offline-note");
  const headers = new Headers(page.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  return new Response(told, { headers });
}
