import type { Accepted, Failure } from "@daybook/shared/generated/contract";
import { remember } from "@daybook/shared/platform/memory";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { answerFaults } from "./invitation";
import { SignInPlace } from "./SignInPlace";

const LINK = "https://hub.example/invitation#tenant=nord&token=abc";
const PASSWORD = "seven quiet otters";

async function open(answer: () => Accepted) {
  const user = userEvent.setup();
  const engine = engineDouble({
    accept_invitation: () => ({ reply: "accepted", with: answer() }),
  });
  render(
    <Stage>
      <SignInPlace shut={null} onSignedIn={() => {}} />
    </Stage>,
  );
  await user.click(screen.getByRole("button", { name: "I have an invitation" }));
  return { user, engine };
}

type User = ReturnType<typeof userEvent.setup>;

async function fillIn(
  user: User,
  given: { link?: string; password?: string; again?: string } = {},
) {
  const { link = LINK, password = PASSWORD } = given;
  await user.click(screen.getByLabelText("Invitation link"));
  await user.paste(link);
  await user.type(screen.getByLabelText("New password"), password);
  const again = screen.getByLabelText("The same password again");
  await user.type(again, `${given.again ?? password}{Enter}`);
}

const taken = (): Accepted => ({
  server: "https://hub.example",
  tenant: "nord",
  email: "ada@nord.example",
});

const refuse = (failure: Failure) => (): Accepted => {
  throw failure;
};

describe("accepting an invitation", () => {
  it("starts in the link, and leads to a sign-in that knows all but the password", async () => {
    const { user, engine } = await open(taken);
    expect(document.activeElement).toBe(screen.getByLabelText("Invitation link"));
    await fillIn(user, { link: ` ${LINK} ` });
    await screen.findByText("The password is set. Sign in with it.");
    expect(engine.asked).toEqual([
      {
        command: "accept_invitation",
        with: { invitation: { by: "link", link: LINK }, password: PASSWORD },
      },
    ]);
    expect(screen.getByLabelText("Sync server")).toHaveProperty("value", "https://hub.example");
    expect(screen.getByLabelText("Tenant")).toHaveProperty("value", "nord");
    expect(screen.getByLabelText("E-mail")).toHaveProperty("value", "ada@nord.example");
    expect(document.activeElement).toBe(screen.getByLabelText("Password"));
    const kept = JSON.stringify(localStorage);
    expect(kept).not.toContain("abc");
    expect(kept).not.toContain(PASSWORD);
  });

  it("puts the invited address in the place of the one before", async () => {
    remember("account", { server: "https://hub.example", tenant: "sued", email: "mara@sued" });
    const { user } = await open(taken);
    await fillIn(user);
    await screen.findByText("The password is set. Sign in with it.");
    expect(screen.getByLabelText("E-mail")).toHaveProperty("value", "ada@nord.example");
  });

  it("says every broken rule at its field, and asks the engine for nothing yet", async () => {
    const { user, engine } = await open(taken);
    await fillIn(user, { link: "https://hub.example", password: "short", again: "shirt" });
    screen.getByText(/This is no invitation link/);
    screen.getByText("Too short: 12 characters or more");
    screen.getByText("The two passwords differ");
    expect(engine.asked).toEqual([]);
    expect(document.activeElement).toBe(screen.getByLabelText("Invitation link"));
  });

  it("shows what the sync server says of the password at the password", async () => {
    const message = "it is among the passwords that are guessed first; choose another";
    const problem = { field: "password", rule: "guessable", message };
    const { user } = await open(
      refuse({ code: "refused", message: "not accepted", problems: [problem] }),
    );
    await fillIn(user);
    await screen.findByText(message);
    expect(document.activeElement).toBe(screen.getByLabelText("New password"));
    await user.type(screen.getByLabelText("New password"), "!");
    expect(screen.queryByText(message)).toBeNull();
  });

  it("says that a link was used, and loses nothing that was typed", async () => {
    const message = "This invitation was used already or is too old.";
    const { user } = await open(refuse({ code: "server_refused", message, problems: [] }));
    await fillIn(user);
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain(message);
    expect(alert.textContent).toContain("Ask whoever invited you for a new link.");
    expect(screen.getByLabelText("New password")).toHaveProperty("value", PASSWORD);
  });

  it("goes back by Esc", async () => {
    const { user } = await open(taken);
    await user.keyboard("{Escape}");
    screen.getByRole("heading", { name: "Sign in" });
  });
});

describe("an answer", () => {
  const whole = { link: LINK, password: PASSWORD, again: PASSWORD };

  it.each<[string, Partial<typeof whole>, object]>([
    ["whole", {}, {}],
    [
      "without anything",
      { link: " ", password: "", again: "" },
      { link: "required", password: "required", again: "required" },
    ],
    ["with half a link", { link: LINK.replace("&token=abc", "") }, { link: "linkForm" }],
    ["with words for a link", { link: "nord" }, { link: "linkForm" }],
    ["of twelve characters", { password: "äöü äöü äöü ", again: "äöü äöü äöü " }, {}],
    [
      "of eleven characters",
      { password: "12345678901", again: "12345678901" },
      { password: "tooShort" },
    ],
  ])("%s", (_, part, faults) => {
    expect(answerFaults({ ...whole, ...part })).toEqual(faults);
  });
});
