package io.moondial.cli;

import io.moondial.handset.Screen;
import java.io.PrintWriter;

/**
 * The conversation in the words of the dialog tests: a word for each screen, its text beside it.
 */
final class PlainScreens implements ScreenPrinter {
    private final PrintWriter out;

    PlainScreens(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void screen(Screen screen) {
        String text =
                switch (screen) {
                    case Screen.Menu(int id, String menu) -> menu;
                    case Screen.Notify(int id, String notify) -> notify;
                    case Screen.Respond(String respond) -> respond;
                    case Screen.Decline(int code) -> String.valueOf(code);
                    case Screen.Acknowledge a -> "";
                    case Screen.Close c -> "";
                    case Screen.Abort(String reason) -> reason;
                    case Screen.Reject(String problem) -> problem;
                };
        print(screen.word(), text);
    }

    @Override
    public void prompt() {
        out.print("answer ");
        out.flush();
    }

    @Override
    public void answer(String text) {
        print("answer", text);
    }

    private void print(String word, String text) {
        String indent = "\n" + " ".repeat(word.length() + 1);
        out.println((word + " " + text.replace("\n", indent)).stripTrailing());
    }
}
