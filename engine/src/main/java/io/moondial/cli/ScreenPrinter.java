package io.moondial.cli;

import io.moondial.handset.Screen;
import java.io.PrintWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How the conversation is shown. */
sealed interface ScreenPrinter {
    static ScreenPrinter to(PrintWriter out, boolean json) {
        return json ? new JsonScreens(out) : new PlainScreens(out);
    }

    /** A screen has come. */
    void screen(Screen screen);

    /** Somebody is about to type an answer. */
    void prompt();

    /** An answer that nobody saw being typed. */
    void answer(String text);

    /** The conversation as JSON, an object a line; answers are not shown. */
    final class JsonScreens implements ScreenPrinter {
        private final JsonMapper json = new JsonMapper();
        private final PrintWriter out;

        JsonScreens(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void screen(Screen screen) {
            ObjectNode object = json.createObjectNode();
            object.put("kind", screen.word());
            switch (screen) {
                case Screen.Menu(int id, String text) -> object.put("text", text);
                case Screen.Notify(int id, String text) -> object.put("text", text);
                case Screen.Respond(String text) -> object.put("text", text);
                case Screen.Decline(int code) -> object.put("code", code);
                case Screen.Abort(String reason) -> object.put("reason", reason);
                case Screen.Reject(String problem) -> object.put("problem", problem);
                case Screen.Acknowledge a -> {}
                case Screen.Close c -> {}
            }
            out.println(json.writeValueAsString(object));
        }

        @Override
        public void prompt() {
            // Whoever reads JSON is a program.
        }

        @Override
        public void answer(String text) {
            // It is a program's own.
        }
    }

    /**
     * The conversation in the words of the dialog tests: a word for each screen, its text beside
     * it.
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
}
