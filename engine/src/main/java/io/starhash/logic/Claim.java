package io.starhash.logic;

import io.starhash.dialog.DialogSetup;
import io.starhash.script.Script;
import io.starhash.script.ScriptGlobals;
import io.starhash.script.ScriptLimits;

/** A dialog that a service takes: the script that will run, and what it runs with. */
record Claim(
        DialogSetup setup,
        Script script,
        ScriptLimits limits,
        ScriptGlobals globals,
        String edrStream) {}
