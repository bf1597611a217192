import { at } from "@daybook/shared/data/queries";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTitle } from "@daybook/shared/kit/title";
import { call, failureOf } from "@daybook/shared/platform/call";
import { remember, remembered } from "@daybook/shared/platform/memory";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Account, EMPTY_ACCOUNT, type Fault, faultsOf, tidied } from "./account";
import "./signin.css";

/** Who, where and with which password. The first three are remembered. */
export function SignInScreen() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [account, setAccount] = useState<Account>(
    () => remembered<Account>("account") ?? EMPTY_ACCOUNT,
  );
  const [password, setPassword] = useState("");
  const [faults, setFaults] = useState<Partial<Record<keyof Account | "password", Fault>>>({});
  const [capsLock, setCapsLock] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useTitle(t("signIn.title"));

  const signIn = useMutation({
    mutationFn: async () => {
      const said = tidied(account);
      remember("account", said);
      await call("sign_in", { ...said, password, device_name: null });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: at.status });
      void queries.invalidateQueries({ queryKey: at.entities });
    },
  });

  // The cursor stands in the first field that is still empty.
  useEffect(() => {
    const inputs = [...(form.current?.querySelectorAll("input") ?? [])];
    (inputs.find((input) => input.value === "") ?? inputs[0])?.focus();
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(account, password);
    setFaults(found);
    const first = Object.keys(found)[0];
    if (first === undefined) signIn.mutate();
    else form.current?.querySelector<HTMLInputElement>(`#sign-in-${first}`)?.focus();
  };

  const watchCaps = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));
  const field = (name: keyof Account, hint?: string) => (
    <Line name={name} label={t(`signIn.${name}`)} fault={faults[name]} hint={hint}>
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
        <p className="quiet">{t("signIn.lead")}</p>
        {field("server", t("signIn.serverHint"))}
        {field("tenant", t("signIn.tenantHint"))}
        {field("email")}
        <Line name="password" label={t("signIn.password")} fault={faults.password}>
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
        {signIn.error && <FailureNote failure={failureOf(signIn.error)} />}
        <Button type="primary" htmlType="submit" block size="large" loading={signIn.isPending}>
          {signIn.isPending ? t("signIn.busy") : t("signIn.submit")}
        </Button>
      </form>
    </main>
  );
}

function Line({
  name,
  label,
  fault,
  hint,
  children,
}: {
  name: string;
  label: string;
  fault: Fault | undefined;
  hint?: string;
  children: React.ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <div className="sign-in-line">
      <label htmlFor={`sign-in-${name}`}>{label}</label>
      {children}
      <p id={`sign-in-${name}-note`} className={fault ? "sign-in-fault" : "faint sign-in-hint"}>
        {fault ? t(`signIn.${fault}`) : hint}
      </p>
    </div>
  );
}
