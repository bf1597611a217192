import type { Failure, SignedIn } from "@daybook/shared/generated/contract";
import { remembered } from "@daybook/shared/platform/memory";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { status } from "@daybook/shared/testing/samples";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { faultsOf, tidied } from "./account";
import { SignInPlace } from "./SignInPlace";

const told: SignedIn[] = [];

function open(answer: () => SignedIn, shut: Failure | null = null) {
  told.length = 0;
  const engine = engineDouble({
    sign_in: () => ({ reply: "signed_in", with: answer() }),
    describe: () => ({ reply: "entities", with: [] }),
  });
  render(
    <Stage>
      <SignInPlace shut={shut} onSignedIn={(signedIn) => told.push(signedIn)} />
    </Stage>,
  );
  return engine;
}

async function fillIn(user: ReturnType<typeof userEvent.setup>) {
  await user.type(screen.getByLabelText("Sync server"), "https://hub.example/");
  await user.type(screen.getByLabelText("Tenant"), "nord");
  await user.type(screen.getByLabelText("E-mail"), "mara@nord.example");
  await user.type(screen.getByLabelText("Password"), "secret{Enter}");
}

const refuse = (failure: Failure) => (): SignedIn => {
  throw failure;
};

describe("signing in", () => {
  it("asks for what is missing, and asks the engine for nothing yet", async () => {
    const user = userEvent.setup();
    const engine = open(() => ({
      status: status(),
      recovery_code: null,
      set_aside: null,
      set_aside_unsent: null,
    }));
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(screen.getAllByText("Fill this in")).toHaveLength(4);
    expect(engine.asked).toEqual([]);
  });

  it("remembers the account but never the password, and hands on the recovery code", async () => {
    const user = userEvent.setup();
    const engine = open(() => ({
      status: status(),
      recovery_code: "ABCD",
      set_aside: null,
      set_aside_unsent: null,
    }));
    await fillIn(user);
    await screen.findByRole("button", { name: "Sign in" });
    expect(engine.asked[0]).toEqual({
      command: "sign_in",
      with: {
        server: "https://hub.example",
        tenant: "nord",
        email: "mara@nord.example",
        password: "secret",
        recovery_code: null,
        set_aside: false,
        among_copies: null,
      },
    });
    expect(told[0]?.recovery_code).toBe("ABCD");
    expect(remembered("account")).toEqual({
      server: "https://hub.example",
      tenant: "nord",
      email: "mara@nord.example",
    });
    expect(JSON.stringify(localStorage)).not.toContain("secret");
  });

  it.each<[Failure, string, string]>([
    [
      { code: "server_refused", message: "The e-mail or the password is wrong.", problems: [] },
      "The e-mail or the password is wrong.",
      "Check tenant, e-mail and password",
    ],
    [
      { code: "unreachable", message: "hub.example does not answer.", problems: [] },
      "The sync server does not answer",
      "Check the address and the network",
    ],
    [
      { code: "no_keyring", message: "No secret service.", problems: [] },
      "This computer has no keyring",
      "Start the keyring",
    ],
    [
      { code: "profile_in_use", message: "Another program has it.", problems: [] },
      "Daybook is already open",
      "Close the other window",
    ],
  ])("says what is wrong and what to do ($0.code)", async (failure, cause, next) => {
    const user = userEvent.setup();
    open(refuse(failure));
    await fillIn(user);
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain(cause);
    expect(alert.textContent).toContain(next);
    expect(screen.getByLabelText("Password")).toHaveProperty("value", "secret");
  });

  it("asks for the recovery code where the local copy cannot be opened", async () => {
    const user = userEvent.setup();
    const shut: Failure = { code: "cannot_open", message: "the keys are gone", problems: [] };
    const engine = open(
      () => ({ status: status(), recovery_code: null, set_aside: null, set_aside_unsent: null }),
      shut,
    );
    await user.type(screen.getByLabelText("Recovery code"), "ABCD-1234");
    await fillIn(user);
    expect(engine.asked[0]).toMatchObject({
      with: { recovery_code: "ABCD-1234", set_aside: false },
    });
  });
});

describe("a copy of which the person has to be told", () => {
  const nobody = () => {
    throw { code: "is_copy", message: "a copy (daybook login --copy)", problems: [] };
  };

  it("says what it held, by count and time, and nothing of the command line", () => {
    const held = "It held 20 changes that the sync server had not received";
    const problems = [
      { field: "", rule: "keys_gone", message: "its keys are no longer where they were kept" },
      { field: "", rule: "held_unsent", message: held, params: { count: "20" } },
    ];
    open(nobody, { code: "cannot_open", message: "shut (daybook login --recover)", problems });
    const alert = screen.getByRole("alert");
    expect(alert.textContent).toContain(held);
    expect(alert.textContent).toContain("Enter the recovery code");
    expect(alert.textContent).not.toContain("daybook login");
  });

  it("that it is a copy, and how it becomes its own", async () => {
    const user = userEvent.setup();
    const engine = open(nobody);
    await fillIn(user);
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("This is a copy of a Daybook on another computer");
    expect(alert.textContent).not.toContain("daybook login");
    await user.click(screen.getByRole("checkbox", { name: /^This is the copy/ }));
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(engine.asked.at(-1)).toMatchObject({ with: { among_copies: "copy" } });
  });
});

describe("an account", () => {
  it("needs a whole address", () => {
    const account = { server: "hub.example", tenant: "nord", email: "a@b.example" };
    expect(faultsOf(account, "x")).toEqual({ server: "serverForm" });
    expect(faultsOf({ ...account, server: "http://localhost:8080" }, "x")).toEqual({});
  });

  it("loses the spaces and slashes of copied text", () => {
    expect(tidied({ server: " https://hub.example// ", tenant: " nord ", email: "a@b " })).toEqual({
      server: "https://hub.example",
      tenant: "nord",
      email: "a@b",
    });
  });
});
