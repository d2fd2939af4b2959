package io.moondial.logic;

import io.moondial.channel.Address;
import io.moondial.channel.BegunLink;
import io.moondial.channel.Opening;
import io.moondial.dialog.DialogFact.Screen;
import io.moondial.script.Script;
import io.moondial.script.ScriptHost;
import io.moondial.text.Dcs;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dialog that we are to begin.
 *
 * @param pushId the push that it is for
 * @param msisdn the subscriber: digits of an international number
 * @param link nothing was sent over it yet
 * @param listener is told what happens in the dialog, after the observers of the desk
 * @param notifyTimeout how long a notify waits for its acknowledgement
 * @param ssn the subsystem that it is begun from
 */
public record PushedDialog(
        String pushId,
        String msisdn,
        Content content,
        BegunLink link,
        DialogListener listener,
        Duration notifyTimeout,
        int ssn) {
    private static final String NOTIFY = "push.notify";
    private static final String MENU = "push.menu";

    /** What runs for a text alone. */
    private static final String SHOWS_NOTIFY =
            """
            local request = ...
            return request.text
            """;

    private static final String SHOWS_MENU =
            """
            local request = ...
            ussd.menu(request.text)
            """;

    /** What a script shows that comes with the engine; null: it is another one. */
    public static @Nullable Screen screenOf(String script) {
        return switch (script) {
            case NOTIFY -> Screen.NOTIFY;
            case MENU -> Screen.MENU;
            default -> null;
        };
    }

    /** What the subscriber gets. */
    public sealed interface Content {
        /** The key of the script that runs. */
        default String script() {
            return switch (this) {
                case OfScript(String key, String args) -> key;
                case OfText(Screen screen, String text) -> screen == Screen.MENU ? MENU : NOTIFY;
            };
        }

        /** A JSON object for the script; null: nothing. */
        default @Nullable String args() {
            return this instanceof OfScript(String key, String args) ? args : null;
        }
    }

    /**
     * What a script shows.
     *
     * @param args a JSON object that it finds in {@code request.args}; null: nothing
     */
    public record OfScript(String key, @Nullable String args) implements Content {}

    /** One screen. */
    public record OfText(Screen screen, String text) implements Content {}

    /** The scripts of texts, which no operator has written; compiled once in each host. */
    static Map<String, Script> shipped(ScriptHost host) {
        return Map.of(
                NOTIFY, host.shipped(NOTIFY, SHOWS_NOTIFY),
                MENU, host.shipped(MENU, SHOWS_MENU));
    }

    /** How it begins. */
    Opening opening(Dcs dcs) {
        return Opening.pushed(
                pushId,
                Address.international(msisdn),
                content instanceof OfText(Screen screen, String text) ? text : "",
                dcs,
                ssn);
    }
}
