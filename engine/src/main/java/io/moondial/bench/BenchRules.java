package io.moondial.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rules and the script of a bench that names none: menus, one after the other, then a text. */
final class BenchRules {
    static final String CODE = "*100#";
    static final int SSN = 6;
    static final String ANSWER = "1";
    private static final String LAST_TEXT = "Your balance is 12.50";

    private BenchRules() {}

    /**
     * Writes them into a folder; the result is the rules file.
     *
     * <p>EDR files are of a size that fits the load, about one a second: with the default of 1024
     * records there would be eighty a second, and a file takes some twenty system calls.
     */
    static Path write(Path folder, int menus, Path edrs, int maxDialogs) throws IOException {
        Path scripts = Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                scripts.resolve("bench.lua"),
                """
                local ussd = require "ussd"
                for i = 1, MENUS do
                  local choice = ussd.menu("Menu " .. i .. "\\n1. Balance\\n2. Airtime")
                  if choice ~= "1" then return "Wrong choice" end
                end
                return "%s"
                """
                        .formatted(LAST_TEXT));
        return Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process:
                  script_dir: scripts
                  menu_timeout: 1h
                  triggers:
                    - {ussd_string_prefix: "%s", script_key: bench}
                  globals: {MENUS: %d}
                script: {max_time: 2h}
                dialogs: {max: %d}
                edr: {directory: "%s", max_file_edrs: 65536}
                log: {level: warn}
                """
                        .formatted(CODE, menus, maxDialogs, edrs.toAbsolutePath()));
    }

    /** What a handset of theirs sees. */
    static List<Talk.Shown> screens(int menus) {
        List<Talk.Shown> screens = new ArrayList<>();
        for (int i = 1; i <= menus; i++) {
            screens.add(new Talk.Shown("menu", "Menu " + i + "\n1. Balance\n2. Airtime"));
        }
        screens.add(new Talk.Shown("respond", LAST_TEXT));
        return screens;
    }

    /** How many EDRs a dialog of theirs writes. */
    static int edrs(int menus) {
        return 2 + 2 * menus;
    }
}
