import { keepAccount } from "@daybook/shared/platform/account";
import { startAfresh } from "@daybook/shared/platform/afresh";
import { engineDouble } from "@daybook/shared/testing/double";
import { Stage } from "@daybook/shared/testing/Stage";
import { status } from "@daybook/shared/testing/samples";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { SignInPlace } from "../features/signin/SignInPlace";
import { SignOut } from "../features/session/SignOut";

vi.mock("@daybook/shared/platform/afresh", () => ({ startAfresh: vi.fn() }));

/** Signs out, and opens the program anew. */
async function signOut() {
  const user = userEvent.setup();
  engineDouble({ sign_out: () => ({ reply: "status", with: status({ signed_in: null }) }) });
  render(
    <Stage>
      <SignOut status={status()} onClose={() => {}} />
    </Stage>,
  );
  await user.click(await screen.findByRole("button", { name: "Sign out" }));
  await waitFor(() => expect(startAfresh).toHaveBeenCalled());
  cleanup();
  render(
    <Stage>
      <SignInPlace shut={null} onSignedIn={() => {}} />
    </Stage>,
  );
}

const written = (name: string) => screen.getByLabelText<HTMLInputElement>(name).value;

describe("after signing out, the sign-in", () => {
  it("has server, tenant and e-mail, and waits for the password", async () => {
    const server = "https://hub.example";
    keepAccount({ server, tenant: "nord", email: "mara@nord.example" });
    await signOut();
    expect(["Sync server", "Tenant", "E-mail", "Password"].map(written)).toEqual([
      server,
      "nord",
      "mara@nord.example",
      "",
    ]);
    expect(document.activeElement).toBe(screen.getByLabelText("Password"));
  });

  it("has the server where the sign-in was elsewhere, and nobody else's address", async () => {
    keepAccount({ server: "https://other.example", tenant: "sued", email: "jo@sued.example" });
    await signOut();
    expect(["Sync server", "Tenant", "E-mail"].map(written)).toEqual([
      "https://hub.example",
      "",
      "",
    ]);
  });
});
