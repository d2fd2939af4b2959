package io.moondial.bench;

import io.moondial.bench.BenchSession.BenchException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.util.ArrayList;
import java.util.List;

/**
 * The conversation that every dialog of a load holds.
 *
 * @param call what each begins with
 * @param screens what has to come, in order; the last ends the dialog
 * @param answer what every menu is answered with
 */
public record Talk(FarSide.Call call, List<Shown> screens, String answer) {
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

    /** The outcome of a dialog that is begun when no more may be open. */
    static Talk refused(FarSide.Call call) {
        return new Talk(call, List.of(Shown.of(new Screen.Decline(SYSTEM_FAILURE))), "");
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
        if (screens.isEmpty()) {
            throw new IllegalArgumentException("a conversation has at least one screen");
        }
    }
}
