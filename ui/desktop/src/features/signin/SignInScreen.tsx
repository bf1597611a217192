import { type Account, knownAccount } from "@daybook/shared/platform/account";
import type { Failure, SignedIn } from "@daybook/shared/generated/contract";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTitle } from "@daybook/shared/kit/title";
import { failureOf } from "@daybook/shared/platform/call";
import { Button, Checkbox, Input } from "antd";
import { type SyntheticEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Fault, type Faults, faultsOf } from "./account";
import { Line } from "./Line";
import { RescueFields } from "./RescueFields";
import { type Rescue, useSignIn } from "./useSignIn";
import "./signin.css";

/** Who, where and with which password. The first three are remembered. */
export function SignInScreen({
  shut,
  accepted,
  onSignedIn,
  onInvited,
}: {
  /** Why the local copy cannot be opened, where one is there and cannot. */
  shut: Failure | null;
  /** An invitation was accepted just now. */
  accepted: boolean;
  onSignedIn: (signedIn: SignedIn) => void;
  onInvited: () => void;
}) {
  const { t } = useTranslation();
  const [account, setAccount] = useState<Account>(knownAccount);
  const [password, setPassword] = useState("");
  const [rescue, setRescue] = useState<Rescue>({ code: "", setAside: false });
  const [isCopy, setIsCopy] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  const [capsLock, setCapsLock] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const signIn = useSignIn(onSignedIn);
  useTitle(t("signIn.title"));

  const failure = signIn.error ? failureOf(signIn.error) : null;
  const isShut = shut !== null || failure?.code === "cannot_open";

  // The cursor stands in the first field that is still empty.
  useEffect(() => {
    const inputs = [...(form.current?.querySelectorAll("input") ?? [])];
    (inputs.find((input) => input.value === "") ?? inputs[0])?.focus();
  }, []);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const found = faultsOf(account, password);
    setFaults(found);
    const first = Object.keys(found)[0];
    if (first !== undefined) document.getElementById(`sign-in-${first}`)?.focus();
    else if (!signIn.isPending) {
      signIn.mutate({ account, password, rescue: isShut ? rescue : null, isCopy });
    }
  };

  const watchCaps = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));
  const wordsOf = (fault: Fault | undefined) => fault && t(`signIn.${fault}`);
  const field = (name: keyof Account, hint?: string) => (
    <Line name={name} label={t(`signIn.${name}`)} fault={wordsOf(faults[name])} hint={hint}>
      <Input
        id={`sign-in-${name}`}
        value={account[name]}
        status={faults[name] ? "error" : ""}
        aria-describedby={`sign-in-${name}-note`}
        aria-invalid={faults[name] !== undefined}
        autoComplete="off"
        spellCheck={false}
        dir="ltr"
        inputMode={name === "server" ? "url" : name === "email" ? "email" : "text"}
        onChange={(event) => setAccount({ ...account, [name]: event.target.value })}
      />
    </Line>
  );

  return (
    <main className="sign-in">
      <form ref={form} className="sign-in-card" onSubmit={submit} noValidate>
        <p className="wordmark">{t("app.name")}</p>
        <h1>{t("signIn.title")}</h1>
        {shut && !failure ? (
          <FailureNote failure={shut} />
        ) : (
          <p className={accepted ? "sign-in-done" : "quiet"} role={accepted ? "status" : undefined}>
            {t(accepted ? "invitation.done" : "signIn.lead")}
          </p>
        )}
        {field("server", t("signIn.serverHint"))}
        {field("tenant", t("signIn.tenantHint"))}
        {field("email")}
        <Line name="password" label={t("signIn.password")} fault={wordsOf(faults.password)}>
          <Input.Password
            id="sign-in-password"
            value={password}
            status={faults.password ? "error" : ""}
            aria-describedby="sign-in-password-note"
            aria-invalid={faults.password !== undefined}
            autoComplete="current-password"
            onChange={(event) => setPassword(event.target.value)}
            onKeyDown={watchCaps}
            onKeyUp={watchCaps}
            onBlur={() => setCapsLock(false)}
          />
          {capsLock && <p className="sign-in-caps">{t("signIn.capsLock")}</p>}
        </Line>
        {(isCopy || failure?.code === "is_copy") && (
          <Checkbox checked={isCopy} onChange={(event) => setIsCopy(event.target.checked)}>
            {t("copies.copy")}
          </Checkbox>
        )}
        {isShut && <RescueFields rescue={rescue} onChange={setRescue} />}
        {failure?.code === "is_copy" && <FailureNote failure={failure} />}
        {failure && failure.code !== "is_copy" && (
          <FailureNote failure={failure} lead={t("signIn.failed")} />
        )}
        <Button type="primary" htmlType="submit" block size="large" loading={signIn.isPending}>
          {signIn.isPending ? t("signIn.busy") : t("signIn.submit")}
        </Button>
        <Button type="link" block onClick={onInvited}>
          {t("invitation.have")}
        </Button>
      </form>
    </main>
  );
}
