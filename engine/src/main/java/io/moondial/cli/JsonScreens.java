package io.moondial.cli;

import io.moondial.handset.Screen;
import java.io.PrintWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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
