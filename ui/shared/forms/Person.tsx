import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { at } from "../data/queries";
import type { Status } from "../generated/contract";

/** The hub itself, where no person did it. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Somebody whose name is not on this computer: the person at it, Daybook itself, or another user. */
export function Person({ id }: { id: string }) {
  const { t } = useTranslation();
  // The window asks for the status all the time; this only listens.
  const { data: me } = useQuery<Status>({ queryKey: at.status, enabled: false });
  if (id === NOBODY) return t("record.daybook");
  if (me?.user && id === me.user_id) return t("record.you", { user: me.user });
  return t("record.someUser");
}
