package io.starhash.logic;

import io.starhash.dialog.Opening;
import java.util.List;
import java.util.Optional;

/**
 * A service: it claims dialogs that begin with its operation and match one of its triggers. It is
 * immutable: a change of rules or scripts is another service in its place.
 */
public sealed interface LuaService permits ProcessUssdLuaService, UssdNotifyLuaService {
    /** The code of the operation that its dialogs begin with. */
    int operation();

    /** Claims a dialog; empty where no trigger matches. */
    Optional<Claim> claim(Opening opening);

    /** Its scripts, in the order of its triggers. */
    List<ScriptStatus> scripts();
}
