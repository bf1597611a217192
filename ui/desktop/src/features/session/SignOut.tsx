import { keepServer } from "@daybook/shared/platform/account";
import type { Status } from "@daybook/shared/generated/contract";
import { Ask } from "@daybook/shared/kit/Ask";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { startAfresh } from "@daybook/shared/platform/afresh";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation } from "@tanstack/react-query";
import { Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** Ends the session; the local copy stays unless it is to go. */
export function SignOut({ status, onClose }: { status: Status; onClose: () => void }) {
  const { t } = useTranslation();
  const [wipe, setWipe] = useState(false);
  const signOut = useMutation({
    mutationFn: () => call("sign_out", { wipe }),
    onSuccess: () => {
      if (status.signed_in) keepServer(status.signed_in.server);
      startAfresh();
    },
  });
  const waits = status.pending > 0;
  return (
    <Ask
      title={t("signOut.title")}
      answer={t("signOut.do")}
      danger={wipe}
      busy={signOut.isPending}
      onAnswer={() => signOut.mutate()}
      onClose={onClose}
    >
      <p>{t("signOut.lead")}</p>
      {waits && <p>{t("signOut.waits", { count: status.pending })}</p>}
      <p>
        <Checkbox
          checked={wipe}
          disabled={waits}
          onChange={(event) => setWipe(event.target.checked)}
        >
          {t("signOut.wipe")}
        </Checkbox>
      </p>
      {waits && <p className="quiet">{t("signOut.wipeBlocked")}</p>}
      {signOut.error && <FailureNote failure={failureOf(signOut.error)} />}
    </Ask>
  );
}
