import { invoke } from "@tauri-apps/api/core";

let zoom = 1;

/**
 * Everything in the window larger or smaller, in per cent, as a browser zooms: the page is told of a window with
 * less room, so what a style says of narrow windows holds, and sizes and places that are measured agree.
 */
export async function zoomTo(percent: number): Promise<void> {
  zoom = percent / 100;
  await invoke("plugin:webview|set_webview_zoom", { value: zoom });
}

/** How many pixels of the screen one of the page is. Chromium counts the zoom in by itself, WebKit does not. */
export function pixelRatio(): number {
  return navigator.userAgent.includes("Chrome/") ? devicePixelRatio : devicePixelRatio * zoom;
}
