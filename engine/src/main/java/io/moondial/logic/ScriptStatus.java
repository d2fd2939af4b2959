package io.moondial.logic;

/**
 * A script that dialogs can begin with now.
 *
 * @param service the section of the rules whose triggers select it: process or notify
 * @param key as the triggers name it
 * @param version names its content
 * @param switchedOff whether it does not run for a while because its limits kept ending it
 */
public record ScriptStatus(String service, String key, String version, boolean switchedOff) {}
