import { invoke } from "@tauri-apps/api/core";

/**
 * Everything in the window larger or smaller, in per cent, as a browser zooms: the page is told of a window with
 * less room, so what a style says of narrow windows holds, and sizes and places that are measured agree.
 */
export async function zoomTo(percent: number): Promise<void> {
  await invoke("plugin:webview|set_webview_zoom", { value: percent / 100 });
}
