import { keepAccount } from "@daybook/shared/platform/account";
import type { Failure, SignedIn } from "@daybook/shared/generated/contract";
import { useState } from "react";
import { InvitationScreen } from "./InvitationScreen";
import { SignInScreen } from "./SignInScreen";

/** The way in: with a password, or first with an invitation. */
export function SignInPlace({
  shut,
  onSignedIn,
}: {
  /** Why the local copy cannot be opened, where one is there and cannot. */
  shut: Failure | null;
  onSignedIn: (signedIn: SignedIn) => void;
}) {
  const [isInvited, setInvited] = useState(false);
  const [accepted, setAccepted] = useState(false);
  if (isInvited) {
    return (
      <InvitationScreen
        onAccepted={({ server, tenant, email }) => {
          keepAccount({ server, tenant, email });
          setAccepted(true);
          setInvited(false);
        }}
        onBack={() => setInvited(false)}
      />
    );
  }
  return (
    <SignInScreen
      shut={shut}
      accepted={accepted}
      onSignedIn={onSignedIn}
      onInvited={() => setInvited(true)}
    />
  );
}
