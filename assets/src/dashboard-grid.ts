// Where tiles lie on the grid: pure, so that dragging and keys mean the same.

export const COLUMNS = 12;
export const HIGHEST = 12;
export const ROWS = 200;

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** The box moved to a place on the grid. */
export function moved<T extends Box>(box: T, x: number, y: number): T {
  return { ...box, x: clamp(x, 0, COLUMNS - box.w), y: clamp(y, 0, ROWS - box.h) };
}

/** The box with another size, its corner where it is. */
export function resized<T extends Box>(box: T, w: number, h: number): T {
  return { ...box, w: clamp(w, 1, COLUMNS - box.x), h: clamp(h, 1, Math.min(HIGHEST, ROWS - box.y)) };
}

/** All boxes, the chosen one where it is: whatever lies under it gives way downwards. */
export function settled<T extends Box>(boxes: readonly T[], chosen: number): T[] {
  const result = [...boxes];
  const placed: T[] = boxes.filter((_, index) => index === chosen);
  const others = boxes.map((box, index) => ({ box, index })).filter(({ index }) => index !== chosen);
  for (const { box, index } of others.sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x)) {
    let free = box;
    while (placed.some((other) => overlap(other, free))) free = { ...free, y: free.y + 1 };
    placed.push(free);
    result[index] = free;
  }
  return result;
}

/** The first place, row by row, where a box of this size fits. */
export function firstFree(boxes: readonly Box[], w: number, h: number): Box {
  for (let y = 0; y < ROWS; y += 1) {
    for (let x = 0; x + w <= COLUMNS; x += 1) {
      const box = { x, y, w, h };
      if (!boxes.some((other) => overlap(other, box))) return box;
    }
  }
  return { x: 0, y: ROWS - h, w, h };
}
