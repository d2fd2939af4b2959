package io.moondial.bench;

import io.moondial.bench.Plan.BenchException;
import io.moondial.bench.Plan.Pushing;
import io.moondial.channel.ss7.FarSide;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conversation that every dialog of a load holds.
 *
 * @param call what each begins with
 * @param screens what has to come, in order; the last ends the dialog
 * @param answers what each menu is answered with, in turn; the last one answers all that follow
 */
public record Talk(FarSide.Call call, List<Shown> screens, List<String> answers) {
    private static final int SYSTEM_FAILURE = 34;

    /** A screen as a person sees it: its kind and its text. */
    public record Shown(String word, String text) {
        @Override
        public String toString() {
            return word + " \"" + text.replace("\n", "\\n") + '"';
        }

        static Shown of(Screen screen) {
            return new Shown(
                    screen.word(),
                    switch (screen) {
                        case Screen.Menu(int id, String text) -> text;
                        case Screen.Notify(int id, String text) -> text;
                        case Screen.Respond(String text) -> text;
                        case Screen.Decline(int code) -> String.valueOf(code);
                        case Screen.Abort(String reason) -> reason;
                        case Screen.Reject(String problem) -> problem;
                        case Screen.Acknowledge a -> "";
                        case Screen.Close c -> "";
                    });
        }
    }

    /** The same conversation, begun by the engine: it shows its final text as a notify. */
    Talk pushed() {
        List<Shown> pushed = new ArrayList<>(screens);
        pushed.set(pushed.size() - 1, new Shown("notify", pushed.getLast().text()));
        return new Talk(call, pushed, answers);
    }

    /** The outcome of a dialog that is begun when no more may be open. */
    static Talk refused(FarSide.Call call) {
        return new Talk(call, List.of(Shown.of(new Screen.Decline(SYSTEM_FAILURE))), List.of());
    }

    /**
     * The texts of its menus, as an echo of it sends them.
     *
     * @throws BenchException if it is more than menus and a final text
     */
    List<UssdString> menus() throws BenchException {
        List<UssdString> menus = new ArrayList<>();
        for (Shown screen : screens.subList(0, screens.size() - 1)) {
            menus.add(encoded(screen, "menu"));
        }
        return menus;
    }

    /** What a menu is answered with, counted from 0. */
    String answer(int menu) {
        return answer(answers, menu);
    }

    /** The same of these answers. */
    static String answer(List<String> answers, int menu) {
        return answers.get(Math.min(menu, answers.size() - 1));
    }

    /** The final text. */
    UssdString lastText() throws BenchException {
        return encoded(screens.getLast(), "respond");
    }

    private static UssdString encoded(Shown screen, String word) throws BenchException {
        if (!screen.word().equals(word)) {
            throw new BenchException(
                    "a baseline has menus and a final text, and this conversation has " + screen);
        }
        try {
            return UssdString.encode(screen.text(), Dcs.UNSPECIFIED);
        } catch (UnsendableText e) {
            throw new BenchException("the baseline cannot send " + screen + ": " + e.getMessage());
        }
    }

    public Talk {
        screens = List.copyOf(screens);
        answers = List.copyOf(answers);
        if (screens.isEmpty()) {
            throw new IllegalArgumentException("a conversation has at least one screen");
        }
    }

    /**
     * The rules and the script of a bench that names none: menus, one after the other, then a text.
     */
    static final class BenchRules {
        static final String CODE = "*100#";
        static final String SCRIPT = "bench";
        static final int SSN = Subscriber.USUAL_SSN;
        static final String ANSWER = "1";
        private static final int MAX_WAITING = 100_000;

        /** PUSH and PUSH-E, and those of the notify; its end is the handset's. */
        private static final int PUSH_EDRS = 4;

        private static final String LAST_TEXT = "Your balance is 12.50";

        private BenchRules() {}

        /**
         * Writes them into a folder; the result is the rules file.
         *
         * <p>The same script is pushed; what it returns is a notify then. What has ended is
         * forgotten soon: how it was is asked for at once.
         *
         * <p>EDR files are of a size that fits the load, about one a second: with the default of
         * 1024 records there would be eighty a second, and a file takes some twenty system calls.
         */
        static Path write(
                Path folder, int menus, Path edrs, int maxDialogs, @Nullable Pushing pushing)
                throws IOException {
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
                    %s
                    """
                            .formatted(
                                    CODE,
                                    menus,
                                    maxDialogs,
                                    edrs.toAbsolutePath(),
                                    pushing == null ? "" : pushes(pushing)));
        }

        private static String pushes(Pushing pushing) {
            return """
                    push:
                      scripts: [%s]
                      route: hlr
                      rate: %d
                      max_queued: %d
                      expires: 1h
                      keep: 1m
                      max_dialogs: 100%%
                    kv: {store: memory, memory: {max_keys: 10000000, max_size: 16GiB}}
                    """
                    .formatted(SCRIPT, pushing.rate(), Math.max(MAX_WAITING, pushing.queued()));
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

        /** How many EDRs a push of theirs writes. */
        static int edrsOfPush(int menus) {
            return PUSH_EDRS + 2 * menus;
        }

        /** How many EDRs a dialog of theirs writes. */
        static int edrs(int menus) {
            return 2 + 2 * menus;
        }
    }
}
