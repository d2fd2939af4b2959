package io.moondial.modules.ussd;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;

import io.moondial.channel.NodeAddress;
import io.moondial.dialog.FarDialog.Outcome;
import io.moondial.modules.ussd.NodeLine.Sent;
import io.moondial.modules.ussd.UssdBackend.Nodes;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.DurationOption;
import io.moondial.script.api.FarDialogs;
import io.moondial.script.api.FarDialogs.Leg;
import io.moondial.script.api.FarDialogs.Request;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.api.OptionKind;
import io.moondial.script.api.ScriptDialog.Refused;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Outline.Literal.Shape;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ussd.open} and what it gives: dialogs with other USSD nodes. */
final class FarFunctions {
    private static final DurationOption TIMEOUT =
            new DurationOption("timeout", "10m", "\"30s\", \"500ms\", \"2m\"");
    private static final String RELAY = "relay";
    private static final int MAX_DCS = 255;
    private static final int MAX_ERROR = 255;
    private static final int USUAL_SSN = 6;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");
    private static final String NUMBER_ALLOWED = "a number of 1 to 15 digits, without +";
    private static final String TO_ALLOWED =
            "the name of a node of the rules (ussd: nodes), or its address: {global_title = \"27829000003\", ssn = 6} or {point_code = 5, ssn = 6}";
    private static final List<String> TO_FIELDS = List.of("global_title", "point_code", "ssn");
    private static final List<String> OPEN = List.of("to", "text", "msisdn", "timeout", "dcs");
    private static final List<String> ANSWER = List.of("timeout", "dcs");
    private static final Pattern TITLE = Pattern.compile(NodeAddress.TITLE);

    private static final Map<String, OptionKind> OPEN_KINDS =
            Map.of(
                    "to",
                    OptionKind.of(TO_ALLOWED, Shape.TEXT, Shape.TABLE),
                    "text",
                    OptionKind.TEXT,
                    "msisdn",
                    OptionKind.matching(NUMBER, NUMBER_ALLOWED),
                    "timeout",
                    TIMEOUT.kind(),
                    "dcs",
                    OptionKind.whole(0, MAX_DCS));

    private FarFunctions() {}

    static void add(ApiModule.Builder module) {
        module.function(
                "open",
                "Opens a dialog with another USSD node in the subscriber's name, as if he had dialled"
                        + " there (ProcessUnstructuredSS-Request), and waits for its first screen. far.kind is"
                        + " \"menu\", \"notify\" or \"final\", far.text what it shows, far.dcs the scheme of"
                        + " that, and far.open whether the node waits. far:answer(TEXT) answers a menu;"
                        + " far:answer() acknowledges a notify. far:refuse(CODE) answers either with a MAP"
                        + " error. All of them wait for the next screen and return true, or nil, why, detail;"
                        + " far is changed. A menu may be answered with a table behind the text: dcs,"
                        + " timeout. far:ended() is nil, or why and detail if the node has ended the"
                        + " dialog meanwhile. far:close() breaks the dialog off; the end of the script does, too."
                        + " why is timeout (the node said nothing in time), error (detail and far.error_code"
                        + " are the MAP error code), abort (the node or the network broke it off), closed"
                        + " (the node ended it without a word, or it is over), refused (the node takes no"
                        + " such dialog), unreachable, protocol (it said something that no node says there,"
                        + " such as two screens at once), undecodable (its text cannot be read), busy (there are"
                        + " too many such dialogs: max_open_in_all, or tcap: max_dialogs), or limit (the"
                        + " script has max_open of them open). After each of them but limit the dialog is"
                        + " over. A flow of menu.flow in which one is opened or answered goes on, but can"
                        + " never run again: nobody goes back in it, and it does not resume.",
                f ->
                        f.takes(
                                        "options",
                                        TABLE,
                                        "a table with to ("
                                                + TO_ALLOWED
                                                + "), text (what the subscriber would dial there), and any of"
                                                + " msisdn (digits; otherwise the number of this dialog), timeout"
                                                + " (seconds, or a text like \"30s\"; otherwise menu_timeout), dcs (0"
                                                + " to 255; otherwise as it was dialled if the text is the same)")
                                .withFields(OPEN_KINDS)
                                .returns("far; or nil, why and a detail for the log")
                                .raises(
                                        "an option is missing, unknown or wrong, the rules name no such"
                                                + " node, the text cannot be sent")
                                .effect(Effect.CHANGE)
                                .madeOfOthers()
                                .waits()
                                .does(
                                        """
                                        local far, why = ussd.open{to = "old_gateway", text = "*200#"}
                                        if far and far.kind == "menu" then
                                          local ok, gone = far:answer("1")
                                          if ok then return far.text end
                                        end\
                                        """,
                                        FarFunctions::open));
    }

    private static @Nullable Object[] open(Arguments a, HostCall call) {
        Nodes nodes = call.backend(Nodes.class);
        LuaTable options = a.table(1);
        known(a, options, OPEN);
        FarDialogs far = call.farDialogs();
        Object to = field(options, "to");
        NodeAddress relay = far.relay();
        Node node =
                to == null && relay != null
                        ? new Node(RELAY, relay)
                        : node(a, nodes.settings(), to);
        @Nullable Object text = field(options, "text");
        if (!(text instanceof LuaString dialled)) {
            throw wrong(a, "text", "what the subscriber would dial there", text);
        }
        Duration timeout = timeout(a, options, far);
        endReplays(call, "ussd.open");
        String called = "ussd." + node.name();
        if (far.open() >= nodes.settings().maxOpen()) {
            call.happened(called, "limit");
            return Lua.values(
                    null,
                    Lua.text("limit"),
                    a.state()
                            .newString(
                                    "this script has %d of them open (ussd: max_open)"
                                            .formatted(far.open())));
        }
        if (!nodes.take()) {
            call.happened(called, "busy");
            return Lua.values(
                    null,
                    Lua.text("busy"),
                    Lua.text("as many are open as ussd: max_open_in_all allows"));
        }
        Leg leg;
        try {
            leg =
                    far.prepare(
                            new Request(
                                    node.address(),
                                    dialled.toText(),
                                    mask(a, dialled),
                                    dcs(a, options),
                                    number(a, options),
                                    nodes.through(),
                                    nodes::giveBack));
        } catch (Refused e) {
            nodes.giveBack();
            throw new LuaError(String.valueOf(e.getMessage()));
        } catch (LuaError e) {
            nodes.giveBack();
            throw e;
        }
        Far opened = new Far(a, leg, called, timeout);
        Sent sent = Sent.text(a.state().show(dialled));
        AtomicBoolean begun = new AtomicBoolean();
        @Nullable Object[] results;
        try {
            results =
                    opened.await(
                            a,
                            call,
                            sent,
                            () -> {
                                begun.set(true);
                                return leg.begin(timeout);
                            });
        } finally {
            if (!begun.get()) {
                nodes.giveBack(); // nothing could be waited for here
            }
        }
        return results[0] == null ? results : Lua.values(opened.table);
    }

    /** A dialog with another node cannot be held again: from now on the flow keeps nothing. */
    private static void endReplays(HostCall call, String function) {
        Journal journal = call.journal();
        if (journal != null && journal.isKept()) {
            journal.giveUp(function + " speaks with another node, which cannot be done again");
        }
    }

    private static void known(Arguments a, LuaTable options, List<String> names) {
        for (var e = options.next(null); e != null; e = options.next(e[0])) {
            if (!(e[0] instanceof LuaString name) || !names.contains(name.toText())) {
                throw new LuaError(
                        a.function()
                                + ": unknown option '"
                                + a.state().show(e[0])
                                + "'; allowed are "
                                + String.join(", ", names));
            }
        }
    }

    private static @Nullable Object field(LuaTable table, String name) {
        return table.get(LuaString.of(name));
    }

    private static Duration timeout(Arguments a, LuaTable options, FarDialogs far) {
        Object timeout = field(options, "timeout");
        return timeout == null ? far.timeout() : TIMEOUT.read(a, timeout);
    }

    private static @Nullable Integer dcs(Arguments a, LuaTable options) {
        Object dcs = field(options, "dcs");
        return dcs == null ? null : whole(a, "dcs", dcs, 0, MAX_DCS);
    }

    private static int whole(
            Arguments a, String option, @Nullable Object value, int least, int most) {
        if (value instanceof Double d && d == Math.rint(d) && d >= least && d <= most) {
            return d.intValue();
        }
        throw wrong(a, option, "a whole number from " + least + " to " + most, value);
    }

    private static @Nullable String number(Arguments a, LuaTable options) {
        Object number = field(options, "msisdn");
        if (number == null) {
            return null;
        }
        a.refuseSecret(number, "msisdn");
        if (number instanceof LuaString text && NUMBER.matcher(text.toText()).matches()) {
            return text.toText();
        }
        throw wrong(a, "msisdn", NUMBER_ALLOWED, number);
    }

    private static @Nullable String mask(Arguments a, @Nullable Object text) {
        return a.state().isSecret(text) ? a.state().show(text) : null;
    }

    private static LuaError wrong(
            Arguments a, String option, String allowed, @Nullable Object value) {
        String shown = a.state().show(value);
        String given = value instanceof LuaString ? "the text \"" + shown + "\"" : shown;
        return new LuaError(
                a.function() + ": option " + option + ": " + allowed + "; got " + given);
    }

    // ---- the node

    /** A node, and what it is counted as. */
    private record Node(String name, NodeAddress address) {}

    private static Node node(Arguments a, UssdSettings settings, @Nullable Object to) {
        a.refuseSecret(to, "node");
        return switch (to) {
            case LuaString name -> named(a, settings, name.toText());
            case LuaTable table -> addressed(a, settings, table);
            case null, default -> throw wrong(a, "to", TO_ALLOWED, to);
        };
    }

    private static Node named(Arguments a, UssdSettings settings, String name) {
        NodeAddress address = settings.nodes().get(name);
        if (address == null) {
            throw new LuaError(
                    a.function() + ": " + UssdBackend.unknown(settings, name).orElseThrow());
        }
        return new Node(name, address);
    }

    /** The rules must have it: a script does not choose whom it speaks to in somebody's name. */
    private static Node addressed(Arguments a, UssdSettings settings, LuaTable table) {
        known(a, table, TO_FIELDS);
        Object ssn = field(table, "ssn");
        Object title = field(table, "global_title");
        Object code = field(table, "point_code");
        if ((title == null) == (code == null)
                || (title != null
                        && !(title instanceof LuaString digits
                                && TITLE.matcher(digits.toText()).matches()))) {
            throw wrong(a, "to", TO_ALLOWED, table);
        }
        NodeAddress wanted =
                new NodeAddress(
                        code == null
                                ? null
                                : whole(a, "to: point_code", code, 0, NodeAddress.MAX_POINT_CODE),
                        title == null ? null : ((LuaString) title).toText(),
                        ssn == null ? USUAL_SSN : whole(a, "to: ssn", ssn, 1, NodeAddress.MAX_SSN));
        return settings.nodes().entrySet().stream()
                .filter(it -> it.getValue().equals(wanted))
                .map(it -> new Node(it.getKey(), wanted))
                .min(Comparator.comparing(Node::name))
                .orElseThrow(
                        () ->
                                new LuaError(
                                        "%s: the rules name no node with %s (ussd: nodes)"
                                                .formatted(a.function(), wanted)));
    }

    // ---- far

    /** The dialog as its script has it. */
    private static final class Far {
        private final Leg leg;
        private final String called;
        private final Duration timeout;
        private final LuaTable table;

        Far(Arguments a, Leg leg, String called, Duration timeout) {
            this.leg = leg;
            this.called = called;
            this.timeout = timeout;
            table = a.state().newTable();
            method("answer", this::answer);
            method("refuse", this::refuse);
            method("ended", this::ended);
            method(
                    "close",
                    b -> {
                        endReplays(b.context(HostCall.class), "far:close");
                        leg.close();
                        table.set("open", false);
                        return Lua.values(true);
                    });
        }

        private void method(String name, Function<Arguments, @Nullable Object[]> does) {
            String function = "far:" + name;
            table.set(
                    name,
                    new NativeFunction(
                            function,
                            a -> {
                                if (a.get(1) != table) {
                                    throw new LuaError(
                                            function + ": write it with a colon, as " + function);
                                }
                                return does.apply(a);
                            }));
        }

        private @Nullable Object[] answer(Arguments a) {
            HostCall call = a.context(HostCall.class);
            boolean asks = isMenu();
            String text = a.isNil(2) ? null : a.text(2);
            if (leg.isOpen() && asks == (text == null)) {
                throw new LuaError(
                        asks
                                ? "far:answer: the node asks: give it a text"
                                : "far:answer: a notify is acknowledged without a text");
            }
            Duration patience = timeout;
            Integer dcs = null;
            if (!a.isNil(3)) {
                LuaTable options = a.table(3);
                known(a, options, ANSWER);
                patience = timeout(a, options, call.farDialogs());
                dcs = dcs(a, options);
            }
            String mask = mask(a, a.get(2));
            Integer scheme = dcs;
            Duration within = patience;
            endReplays(call, "far:answer");
            return await(
                    a,
                    call,
                    text == null ? Sent.acknowledgement() : Sent.text(mask == null ? text : mask),
                    () -> leg.answer(text, mask, scheme, within));
        }

        private boolean isMenu() {
            return field(table, "kind") instanceof LuaString kind && kind.toText().equals("menu");
        }

        private @Nullable Object[] refuse(Arguments a) {
            HostCall call = a.context(HostCall.class);
            a.refuseSecret(a.get(2), "code");
            int code = whole(a, "code", a.get(2), 1, MAX_ERROR);
            endReplays(call, "far:refuse");
            return await(a, call, Sent.error(code), () -> leg.fail(code, timeout));
        }

        private @Nullable Object[] ended(Arguments a) {
            endReplays(a.context(HostCall.class), "far:ended");
            Outcome outcome = leg.ended();
            if (outcome == null) {
                return Lua.values((Object) null);
            }
            @Nullable Object[] how = shown(a, outcome);
            return how[0] == null
                    ? Lua.values(how[1], how[2])
                    : Lua.values(Lua.text(outcome.word()));
        }

        /** Waits for what the node says, and shows it. */
        @Nullable Object[] await(
                Arguments a,
                HostCall call,
                Sent sent,
                Supplier<CompletableFuture<Outcome>> beginning) {
            Outcome outcome;
            try {
                outcome =
                        call.await(
                                called, beginning, Outcome::word, it -> NodeLine.given(sent, it));
            } catch (Refused e) {
                throw new LuaError(String.valueOf(e.getMessage()));
            } finally {
                leg.tell();
            }
            return shown(a, outcome);
        }

        private @Nullable Object[] shown(Arguments a, Outcome outcome) {
            table.set("open", outcome instanceof Outcome.Shown);
            return switch (outcome) {
                case Outcome.Shown shown ->
                        shows(a, shown.word(), shown.text(), shown.ussd().dcs().octet());
                case Outcome.Finished finished ->
                        shows(
                                a,
                                finished.word(),
                                finished.text(),
                                finished.ussd() == null ? null : finished.ussd().dcs().octet());
                case Outcome.Errored(int code) -> {
                    table.set("error_code", (double) code);
                    yield Lua.values(null, Lua.text("error"), (double) code);
                }
                case Outcome.Broken broken ->
                        Lua.values(
                                null,
                                Lua.text(broken.why().word()),
                                a.state().newString(broken.detail()));
            };
        }

        private @Nullable Object[] shows(
                Arguments a, String kind, String text, @Nullable Integer dcs) {
            table.set("kind", Lua.text(kind));
            table.set("text", a.state().newString(text));
            table.set("dcs", dcs == null ? null : (double) dcs);
            return Lua.values(true);
        }
    }
}
