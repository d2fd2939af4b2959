package io.moondial.push;

import io.moondial.channel.NodeAddress;
import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.Schema;
import io.moondial.config.Secret;
import io.moondial.config.Section;
import io.moondial.config.Settings;
import io.moondial.dialog.DialogFact.Screen;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code push} of the rules file.
 *
 * @param route null: there are no pushes
 * @param fixed null: the route is another one
 * @param quietHours null: none
 * @param callback null: nobody is told
 */
@Settings("Dialogs that begin in the network: engine/docs/push.md.")
public record PushSettings(
        @Key(
                        value =
                                "How a subscriber is reached. hlr: through the HLR, by the subscriber's number as the global title. sri_sm: the HLR is asked where he is (SendRoutingInfoForSM), and the MSC that it names gets the push, with his IMSI. fixed: always the same node. Without this key there are no pushes.",
                        unsetIs = "no pushes",
                        example = "hlr")
                @Nullable RouteKind route,
        @Key("The node of route: fixed: point_code and ssn, or global_title and ssn.")
                @Nullable NodeAddress fixed,
        @Key(
                        value =
                                "The scripts of process.script_dir that may be pushed, each by the name that triggers would have for it; notify and menu are none, as they name the two kinds of texts. A push of a text needs none.",
                        unset = "[]",
                        example = "[survey]")
                List<String> scripts,
        @Key(
                        value = "How many pushes begin in one second, in all.",
                        unset = "50",
                        from = "1",
                        to = "100000")
                int rate,
        @Key(
                        value = "How many may wait for their turn. More are not accepted.",
                        unset = "100000",
                        from = "1",
                        to = "10000000")
                int maxQueued,
        @Key(
                        value =
                                "How long a pushed notify waits for its acknowledgement. A menu has its own timeout.",
                        unset = "30s",
                        from = "1s",
                        to = "10m")
                Duration answerTimeout,
        @Key(
                        value =
                                "How long after it was ordered a push may begin, where the order does not say.",
                        unset = "10m",
                        from = "1s",
                        to = "30d")
                Duration expires,
        @Key(
                        value = "The longest time that an order may say.",
                        unset = "7d",
                        from = "1s",
                        to = "30d")
                Duration maxExpires,
        @Key("When an attempt that failed is repeated, until the push expires.")
                RetrySettings retry,
        @Key(
                        value =
                                "The hours of the day, in time_zone, in which no push begins; urgent ones do.",
                        unsetIs = "none",
                        matches = "([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]",
                        allowed = "two times of the day, such as \"22:00-06:00\"",
                        example = "22:00-06:00")
                @Nullable String quietHours,
        @Key(
                        value =
                                "The share of dialogs.max that may be in use; above it no push begins, and those that wait stay in the queue.",
                        unset = "80%",
                        from = "1%",
                        to = "100%")
                int maxDialogs,
        @Key(
                        value =
                                "How long it can be asked what became of a push, once it has ended.",
                        unset = "1d",
                        from = "1m",
                        to = "30d")
                Duration keep,
        @Key("Where it is told how pushes have ended that ask for it.")
                @Nullable CallbackSettings callback,
        @Key(
                        value =
                                "The subsystem of the engine that pushes begin from; one of those of the network.",
                        unsetIs = "the first of the network's",
                        from = "1",
                        to = "254",
                        example = "6")
                @Nullable Integer ssn,
        @Key(
                        value =
                                "Whose pushes and callbacks these are, where several engines share one store of kv: each continues its own after a start.",
                        unset = "ussd",
                        matches = "[A-Za-z0-9][A-Za-z0-9_-]{0,39}",
                        allowed = "letters, digits, _ and -, at most 40")
                String owner)
        implements Checked {
    private static final Schema<PushSettings> SCHEMA = Schema.of(PushSettings.class);

    public PushSettings {
        scripts = List.copyOf(scripts);
    }

    /** How the section is read. */
    public static Schema<PushSettings> schema() {
        return SCHEMA;
    }

    /** Whether there are pushes. */
    public boolean isOn() {
        return route != null;
    }

    @Override
    public void check(Section section) {
        if (route == RouteKind.FIXED && fixed == null) {
            section.refuse("route", "found fixed, but fixed: is missing, which says where to");
        }
        if (route != RouteKind.FIXED && fixed != null) {
            section.refuse("fixed", "only route: fixed uses it; write that, or remove this");
        }
        boolean somebodyWantsPushes = !scripts.isEmpty() || quietHours != null || callback != null;
        if (route == null && somebodyWantsPushes) {
            section.warn("route", "is missing: there are no pushes; allowed: hlr, sri_sm, fixed");
        }
        for (Screen kind : Screen.values()) {
            String word = kind.name().toLowerCase(Locale.ROOT);
            if (scripts.contains(word)) {
                section.refuse(
                        "scripts",
                        "found %s, which is what reports and records call a text; allowed is a script of another name: give its file another one"
                                .formatted(word));
            }
        }
        if (expires.compareTo(maxExpires) > 0) {
            section.refuse("expires", "longer than max_expires");
        }
    }

    /** How a subscriber is reached. */
    public enum RouteKind {
        HLR,
        SRI_SM,
        FIXED
    }

    /** When an attempt is repeated. */
    @Settings("When an attempt that failed is repeated.")
    public record RetrySettings(
            @Key(
                            value =
                                    "After which failures. Other MAP errors are never repeated, as they say that it is useless.",
                            unset = "[ussd_busy, system_failure, no_answer]")
                    List<RetryCause> on,
            @Key(
                            value = "How many attempts follow the first one; 0: none does.",
                            unset = "3",
                            from = "0",
                            to = "100")
                    int attempts,
            @Key(
                            value =
                                    "How long after each failed attempt the next one is made; the last of these holds for all further ones.",
                            unset = "[3s, 8s, 15s]",
                            from = "1s",
                            to = "1d",
                            repeats = true)
                    List<Duration> after) {
        public RetrySettings {
            on = List.copyOf(on);
            after = List.copyOf(after);
        }
    }

    /** A failure after which it can make sense to try again. */
    public enum RetryCause {
        USSD_BUSY,
        SYSTEM_FAILURE,
        NO_ANSWER,
        ABSENT_SUBSCRIBER,
        UNDELIVERED
    }

    /** Who is told how pushes end. */
    @Settings("Who is told how pushes end.")
    public record CallbackSettings(
            @Key(value = "One of http.upstreams.", example = "crm") String upstream,
            @Key(
                            value = "The path there.",
                            unset = "/",
                            matches = "/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*",
                            allowed = "a path, such as /ussd/pushes")
                    String path,
            @Key(
                            "What each callback is signed with: HMAC-SHA256 of its time and its body, see engine/docs/push.md.")
                    Secret secret,
            @Key(
                            value =
                                    "How often a callback is tried again that was not answered with 2xx.",
                            unset = "5",
                            from = "0",
                            to = "100")
                    int retries,
            @Key(
                            value =
                                    "How long the first of these waits; each of the others waits twice as long as the one before, at most 10m.",
                            unset = "5s",
                            from = "1s",
                            to = "10m")
                    Duration retryAfter,
            @Key(
                            value = "How many callbacks may be under way at once; the others wait.",
                            unset = "20",
                            from = "1",
                            to = "1000")
                    int maxConcurrent) {}
}
