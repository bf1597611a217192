import { Checkbox, Input } from "antd";
import { useTranslation } from "react-i18next";
import { Line } from "./Line";
import type { Rescue } from "./useSignIn";

/** What opens a local copy whose keys the keyring lost, or puts it aside. */
export function RescueFields({
  rescue,
  onChange,
}: {
  rescue: Rescue;
  onChange: (rescue: Rescue) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <Line name="code" label={t("signIn.recoveryCode")} hint={t("signIn.recoveryHint")}>
        <Input
          id="sign-in-code"
          className="recovery-input"
          value={rescue.code}
          disabled={rescue.setAside}
          autoComplete="off"
          spellCheck={false}
          dir="ltr"
          aria-describedby="sign-in-code-note"
          onChange={(event) => onChange({ ...rescue, code: event.target.value })}
        />
      </Line>
      <Checkbox
        checked={rescue.setAside}
        onChange={(event) => onChange({ ...rescue, setAside: event.target.checked })}
      >
        {t("signIn.setAside")}
      </Checkbox>
    </>
  );
}
