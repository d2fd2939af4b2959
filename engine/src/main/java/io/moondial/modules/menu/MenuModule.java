package io.moondial.modules.menu;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.FUNCTION;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;
import static io.moondial.script.api.Phase.PROCESS;
import static io.moondial.script.api.Phase.PUSH;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.moondial.config.Nearest;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiFunction.OptionUse;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Journal;
import io.moondial.script.api.OptionKind;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.script.lua.Outline.Literal.Shape;
import io.moondial.text.Mask;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The module {@code menu}. Its questions are written in Lua, in {@code menu.lua}; what they need of
 * the flow around them is here.
 */
public final class MenuModule {
    /** What the line of the log begins with that a flow's function did not repeat itself. */
    public static final String BEGINS_ANEW =
            "menu.flow begins anew, as a call is not the one that it was before: ";

    private static final LuaString MENU = LuaString.of("menu");

    private static final String KEYS =
            "; back and home: at this screen another text for the key, or false: it is not offered;"
                    + " timeout and dcs: as for ussd.menu";

    private static final String TRIES =
            "; wrong: what is said of an answer that is refused; tries: how many answers may be refused, 3 if left out";

    private static final String DIALLED =
            "; dialled: false: nothing that was dialled behind the code answers it, and what was stays for the questions behind it";

    private static final String OR_WHY =
            ". Outside a flow: or nil and \"timeout\", \"abandon\", \"error\" and the MAP error code, or \"tries\". A flow is left instead";

    private static final String RAISES =
            "an option that does not exist or is of the wrong type; a text that does not fit a screen";

    /** What a question passes on to ussd.menu, which says what it may be. */
    private static final List<String> OF_SCREEN = List.of("timeout", "dcs");

    private static final OptionKind TEXT = OptionKind.TEXT;
    private static final OptionKind FUNCTION_KIND = OptionKind.FUNCTION;
    private static final OptionKind AMOUNT = OptionKind.of("a number or a decimal", Shape.NUMBER);
    private static final OptionKind COUNT = OptionKind.whole(1, 100);
    private static final OptionKind DATE =
            OptionKind.matching(
                    Pattern.compile("\\d{4}-\\d\\d-\\d\\d"), "a date such as 2026-01-31");

    /**
     * The options of what is written in Lua, and what each may be; 1 is what stands first in the
     * braces.
     */
    private static final Map<String, Map<String, OptionKind>> OPTIONS =
            Map.ofEntries(
                    question(
                            "choose",
                            Map.of(
                                    "title", TEXT,
                                    "items",
                                            OptionKind.filledList(
                                                    "a list of at least one item, each a text or {value, text}"),
                                    "more", TEXT,
                                    "other", FUNCTION_KIND,
                                    "dialled", OptionKind.BOOLEAN)),
                    question(
                            "ask",
                            Map.of(
                                    "1", TEXT,
                                    "prompt", TEXT,
                                    "check", OptionKind.ANY,
                                    "secret", OptionKind.BOOLEAN,
                                    "dialled", OptionKind.BOOLEAN,
                                    "default", OptionKind.ANY)),
                    question(
                            "pin",
                            Map.of(
                                    "1", TEXT,
                                    "prompt", TEXT,
                                    "digits", OptionKind.whole(1, 20),
                                    "check", FUNCTION_KIND)),
                    question("confirm", Map.of("1", TEXT, "prompt", TEXT, "yes", TEXT, "no", TEXT)),
                    question(
                            "list",
                            Map.of(
                                    "title", TEXT,
                                    "fetch", FUNCTION_KIND,
                                    "show", FUNCTION_KIND,
                                    "more", TEXT,
                                    "other", FUNCTION_KIND,
                                    "dialled", OptionKind.BOOLEAN)),
                    Map.entry("text", onScreen(Map.of("more", TEXT))),
                    Map.entry(
                            "amount",
                            Map.of(
                                    "min", AMOUNT,
                                    "max", AMOUNT,
                                    "places", OptionKind.whole(0, 10),
                                    "wrong", TEXT)),
                    Map.entry(
                            "msisdn",
                            Map.of(
                                    "country", TEXT,
                                    "length", OptionKind.whole(1, 14),
                                    "trunk", TEXT,
                                    "starts", OptionKind.of("a list of digits", Shape.TABLE),
                                    "wrong", TEXT)),
                    Map.entry(
                            "date", Map.of("order", TEXT, "min", DATE, "max", DATE, "wrong", TEXT)),
                    Map.entry("digits", Map.of("min", COUNT, "max", COUNT, "wrong", TEXT)));

    private final ApiModule ussd;
    private final Flow.Modules modules;

    private MenuModule(ApiModule ussd, Flow.Modules modules) {
        this.ussd = ussd;
        this.modules = modules;
    }

    /**
     * Makes the module.
     *
     * @param ussd what its screens are shown with
     * @param kv where journals are kept
     * @param others further modules: what they have as values stays the same in a journal
     */
    public static ApiModule create(ApiModule ussd, ApiModule kv, List<ApiModule> others) {
        return new MenuModule(ussd, new Flow.Modules(ussd, kv, others)).describe();
    }

    private static Map.Entry<String, Map<String, OptionKind>> question(
            String name, Map<String, OptionKind> own) {
        Map<String, OptionKind> all = new HashMap<>(own);
        all.put("wrong", TEXT);
        all.put("tries", COUNT);
        return Map.entry(name, onScreen(all));
    }

    private static Map<String, OptionKind> onScreen(Map<String, OptionKind> own) {
        Map<String, OptionKind> all = new HashMap<>(own);
        for (String key : List.of("back", "home")) {
            all.put(
                    key,
                    new OptionKind(
                            "a text, or false",
                            it -> it.shape() == Shape.TEXT || it.text().equals("false")));
        }
        OF_SCREEN.forEach(name -> all.put(name, OptionKind.ANY));
        return Map.copyOf(all);
    }

    /** Those of a function; a question gives the screen's own to ussd.menu. */
    private Map<String, OptionKind> options(String function) {
        Map<String, OptionKind> all =
                new HashMap<>(requireNonNull(OPTIONS.get(function), function));
        ApiFunction screen =
                ussd.functions().stream()
                        .filter(it -> it.name().equals("menu"))
                        .findFirst()
                        .orElseThrow();
        OF_SCREEN.forEach(name -> all.computeIfPresent(name, (_, _) -> screen.kind(2, name)));
        return all;
    }

    private ApiModule describe() {
        ApiModule.Builder module =
                ApiModule.of(
                                "menu",
                                "Questions on the screen, which are asked until they are answered, and flows of them in which a subscriber can go back. [menus.md](menus.md) explains both.")
                        .inLua(new ApiModule.PartInLua(source(), List.of(natives(), ussd.table())));
        addQuestions(module);
        addChecks(module);
        addFlow(module);
        addFinish(module);
        return module.build();
    }

    private static String source() {
        try (InputStream in = MenuModule.class.getResourceAsStream("menu.lua")) {
            return new String(requireNonNull(in, "menu.lua").readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- what scripts call

    private void addQuestions(ApiModule.Builder module) {
        module.function(
                        "choose",
                        "Shows a list and waits until one of its items is chosen. A list that does not fit has several pages. No item is split, and its number is the same on every page.",
                        f ->
                                question(
                                                f,
                                                "choose",
                                                "title; items: a list of texts, or of {value, text}; more: the key for the next page, \"99\" if left out; other: a function of an answer that is no item's number, which gives a value, or nil and a reason"
                                                        + TRIES
                                                        + DIALLED
                                                        + KEYS)
                                        .says("wrong_item", "wrong")
                                        .returns("the value of the item, or its text" + OR_WHY)
                                        .doesInLua(
                                                """
                                                local what = menu.choose{title = "Airtime", items = {{10, "R10"}, {50, "R50"}}}
                                                log.info("airtime for %s", what)"""))
                .function(
                        "ask",
                        "Asks for a text or a number, until the answer passes the check.",
                        f ->
                                question(
                                                f,
                                                "ask",
                                                "prompt, or [1]: the question; check: a pattern of Lua, a function that returns true (and what it makes of the answer) or nil (and a reason), or one of the checks below; default: what an empty answer stands for; secret: as for ussd.menu"
                                                        + TRIES
                                                        + DIALLED
                                                        + KEYS)
                                        .saysUnlessMade("check", "wrong", "wrong")
                                        .secretWith("secret")
                                        .returns(
                                                "the answer, or what the check made of it" + OR_WHY)
                                        .doesInLua(
                                                "local name = menu.ask{\"Your name?\", check = \"^%a+$\", wrong = \"Letters only.\"}"))
                .function(
                        "pin",
                        "Asks for a secret number. The answer is secret, see \"Secret answers\".",
                        f ->
                                question(
                                                f,
                                                "pin",
                                                "prompt, or [1]; digits: how many, 4 if left out; check: a function of the answer, as for menu.ask"
                                                        + TRIES
                                                        + KEYS)
                                        .says("wrong_pin", "wrong")
                                        .secret()
                                        .returns("the PIN" + OR_WHY)
                                        .doesInLua(
                                                "local pin = menu.pin{\"Your PIN:\", check = function(pin) return pin ~= \"0000\", \"Choose another PIN.\" end}"))
                .function(
                        "confirm",
                        "Shows a text and asks: yes or no? Nothing that was dialled answers it.",
                        f ->
                                question(
                                                f,
                                                "confirm",
                                                "prompt, or [1]: the text; yes and no: the two lines below it"
                                                        + TRIES
                                                        + KEYS)
                                        .says("yes", "yes")
                                        .says("no", "no")
                                        .says("wrong_yes_no", "wrong")
                                        .returns("true or false" + OR_WHY)
                                        .doesInLua(
                                                "if not menu.confirm{\"Pay R50?\"} then return \"Nothing was paid.\" end"))
                .function(
                        "list",
                        "Shows a long list, which is fetched piece by piece as its pages are shown.",
                        f ->
                                question(
                                                f,
                                                "list",
                                                "title; fetch: a function of an offset and a count, which gives a list of at most so many items, fewer at the end, or nil and why; show: a function that gives an item's text; more and other: as for menu.choose"
                                                        + TRIES
                                                        + DIALLED
                                                        + KEYS)
                                        .says("more")
                                        .says("wrong_item", "wrong")
                                        .returns(
                                                "the item; nil and \"empty\" if there is none; what fetch returned if it fails for the first item, or again when a later page is asked for"
                                                        + OR_WHY)
                                        .doesInLua(
                                                """
                                                local fruit = {"Apple", "Banana", "Cherry"}
                                                local item = menu.list{title = "Fruit", fetch = function(offset, count)
                                                  local part = {}
                                                  for i = offset + 1, math.min(#fruit, offset + count) do part[#part + 1] = fruit[i] end
                                                  return part
                                                end}"""))
                .function(
                        "text",
                        "Shows a long text page by page, cut between words. At its end any answer goes on.",
                        f ->
                                f.takes("text", STRING, "of any length")
                                        .mayTake(
                                                "options",
                                                TABLE,
                                                "more: the key for the next page, \"99\" if left out"
                                                        + KEYS)
                                        .withFields(options("text"))
                                        .says("more")
                                        .raises(RAISES)
                                        .effect(Effect.SCREEN)
                                        .waits()
                                        .only(PROCESS, PUSH)
                                        .returns("true" + OR_WHY)
                                        .doesInLua("menu.text(\"The terms of this service.\")"));
    }

    private ApiFunction.Builder question(ApiFunction.Builder f, String name, String options) {
        return f.takes("options", TABLE, options)
                .withFields(options(name))
                .raises(RAISES)
                .effect(Effect.SCREEN)
                .waits()
                .only(PROCESS, PUSH);
    }

    private void addChecks(ApiModule.Builder module) {
        module.function(
                        "amount",
                        "A check for menu.ask: an amount of money.",
                        f ->
                                f.mayTake(
                                                "options",
                                                TABLE,
                                                "min and max: numbers or decimals; places: how many digits may follow the point, 0 if left out; wrong: what is said of another answer")
                                        .withFields(options("amount"))
                                        .saysWith("max", "wrong_amount", "wrong")
                                        .says("wrong_amount_least", "wrong", "max")
                                        .returns(
                                                "the check. It gives a number without places, a decimal with them")
                                        .raises(RAISES)
                                        .doesInLua(
                                                "local sum = menu.ask{\"How much?\", check = menu.amount{min = 1, max = 500}}"))
                .function(
                        "msisdn",
                        "A check for menu.ask: a phone number, with or without the country code.",
                        f ->
                                f.takes(
                                                "options",
                                                TABLE,
                                                "country: the country code; length: how many digits a number has in the country, 9 if left out; trunk: what is dialled before it there, \"0\" if left out; starts: what it may begin with, a list; wrong: what is said of another answer")
                                        .withFields(options("msisdn"))
                                        .says("wrong_number", "wrong")
                                        .returns(
                                                "the check. It gives the number with the country code, digits only")
                                        .raises(RAISES)
                                        .doesInLua(
                                                "local to = menu.ask{\"To whom?\", check = menu.msisdn{country = \"254\", starts = {\"7\", \"1\"}}, default = \"254700000001\"}"))
                .function(
                        "date",
                        "A check for menu.ask: a date, typed with or without points, blanks or dashes.",
                        f ->
                                f.mayTake(
                                                "options",
                                                TABLE,
                                                "order: DMY, MDY or YMD, DMY if left out; min and max: such as \"2026-01-31\"; wrong: what is said of another answer")
                                        .withFields(options("date"))
                                        .says("wrong_date", "wrong")
                                        .returns(
                                                "the check. It gives a text such as \"2026-01-31\"")
                                        .raises(RAISES)
                                        .doesInLua(
                                                "local day = menu.ask{\"When?\", check = menu.date{min = os.date(\"%Y-%m-%d\")}}"))
                .function(
                        "digits",
                        "A check for menu.ask: digits, as many as the options say.",
                        f ->
                                f.mayTake(
                                                "options",
                                                TABLE,
                                                "min and max: how many, 1 to 100 if left out; wrong: what is said of another answer")
                                        .withFields(options("digits"))
                                        .says("wrong_digits", "wrong", "min")
                                        .returns("the check. It gives the digits, a text")
                                        .raises(RAISES)
                                        .doesInLua(
                                                "local meter = menu.ask{\"Meter number?\", check = menu.digits{min = 11, max = 11}}"));
    }

    private void addFlow(ApiModule.Builder module) {
        module.function(
                        "flow",
                        "Runs a function whose questions the subscriber can walk: back, home, on again in another dialog, and in by what was dialled. See [menus.md](menus.md#flows).",
                        f ->
                                f.takes("function", FUNCTION, "gets the request")
                                        .mayTake("options", TABLE, FlowOptions.DESCRIPTION)
                                        .withFields(FlowOptions.KINDS)
                                        .withDiffering("back", "home")
                                        .uses(
                                                new OptionUse(
                                                        "resume", "kv", "set", SavedFlow.BUCKET))
                                        .saysWith("back", "back", "back_text")
                                        .saysWith("home", "home", "home_text")
                                        .says("tries", "tries_text")
                                        .returns(
                                                "what the function returned; nothing if it was left at a question")
                                        .raises(
                                                "an option that does not exist or is of the wrong type; a flow runs already; what the function raises")
                                        .effect(Effect.SCREEN)
                                        .madeOfOthers()
                                        .waits()
                                        .only(PROCESS, PUSH)
                                        .does(
                                                """
                                                return menu.flow(function(request)
                                                  local fruit = menu.choose{items = {"Apple", "Pear"}}
                                                  local count = menu.ask{"How many?", check = menu.amount{max = 9}}
                                                  return count .. " of " .. fruit
                                                end, {back = "0", home = "00"})""",
                                                this::flow))
                .function(
                        "once",
                        "A key for a change that must happen once, such as the idempotency_key of http.post. It is the same if a flow comes here again by the same answers.",
                        f ->
                                f.returns("a text of letters, digits and dashes")
                                        .raises("no flow runs")
                                        .does(
                                                """
                                                return menu.flow(function()
                                                  return "Your reference is " .. menu.once()
                                                end)""",
                                                MenuModule::once))
                .function(
                        "barrier",
                        "From here on nobody goes back behind this place, as if something had been changed. Outside a flow it does nothing.",
                        f -> f.does("menu.barrier()", MenuModule::barrier))
                .function(
                        "repeatable",
                        "Calls a function. What it changes is no barrier: whoever goes back and comes again changes it again. For what may happen twice, such as a note of the last visit.",
                        f ->
                                f.takes("function", FUNCTION, "is called with the other arguments")
                                        .mayTake("...", ANY, "its arguments")
                                        .returns("what the function returns")
                                        .raises("what the function raises")
                                        .effect(Effect.CHANGE)
                                        .madeOfOthers()
                                        .waits()
                                        .does(
                                                "menu.repeatable(kv.set, \"seen\", (...).msisdn, true)",
                                                MenuModule::repeatable));
    }

    private static void addFinish(ApiModule.Builder module) {
        module.function(
                "finish",
                "Ends the flow from anywhere in it, such as a function that the flow's function calls: the text is the last screen, as if the flow's function returned it. No pcall holds this up.",
                f ->
                        f.takes("text", STRING, "the last screen")
                                .returns("it does not return")
                                .raises("no flow runs; within sql.transaction")
                                .does(
                                        """
                                        return menu.flow(function()
                                          local function needed(value, text)
                                            if not value then menu.finish(text) end
                                            return value
                                          end
                                          local name = needed(kv.get("name", "27761485722"), "We do not know you yet.")
                                          return "Hello, " .. name
                                        end)""",
                                        MenuModule::finish));
    }

    private static @Nullable Object[] finish(Arguments a, HostCall call) {
        if (call.journal() == null) {
            throw new LuaError(
                    "menu.finish: only within menu.flow; elsewhere return the text, or call ussd.respond");
        }
        String part = call.alone();
        if (part != null) {
            throw new LuaError("menu.finish: not within " + part + ": return from it before");
        }
        throw new Flow.Finished(a.string(1));
    }

    private @Nullable Object[] flow(Arguments a, HostCall call) {
        if (call.journal() != null) {
            throw new LuaError(
                    "menu.flow: a flow runs already; one flow cannot be part of another");
        }
        return new Flow(a, call, modules, FlowOptions.read(a, 2)).run();
    }

    private static @Nullable Object[] once(Arguments a, HostCall call) {
        Journal journal = call.journal();
        if (journal == null) {
            throw new LuaError(
                    "menu.once: only within menu.flow; elsewhere INSTANCE_ID names the dialog");
        }
        return Lua.values(a.state().newString(journal.once()));
    }

    private static @Nullable Object[] barrier(Arguments a, HostCall call) {
        Journal journal = call.journal();
        if (journal != null) {
            journal.barrier(a.state());
        }
        return Lua.nothing();
    }

    private static @Nullable Object[] repeatable(Arguments a, HostCall call) {
        @Nullable Object[] rest = Arrays.copyOfRange(a.all(), 1, a.count());
        Journal journal = call.journal();
        return journal == null
                ? a.state().call(a.function(1), rest)
                : journal.repeatable(
                        a.function(), a.state(), () -> a.state().call(a.function(1), rest));
    }

    // ---- what menu.lua calls

    private LuaTable natives() {
        LuaTable natives = LuaTable.unmetered();
        LuaTable options = LuaTable.unmetered();
        OPTIONS.forEach((function, all) -> options.set(function, allowed(all.keySet())));
        natives.set("options", options.seal("options"));
        add(natives, "show", this::show);
        add(natives, "nav", MenuModule::nav);
        add(natives, "back", (_, call) -> throwing(requireNonNull(call.journal()).back()));
        add(natives, "home", (_, call) -> throwing(requireNonNull(call.journal()).home()));
        add(natives, "refused", MenuModule::refused);
        add(natives, "leave", MenuModule::leave);
        add(natives, "fail", (a, _) -> throwing(new LuaError(a.text(1))));
        add(natives, "unknown", MenuModule::unknown);
        add(natives, "written", MenuModule::written);
        add(natives, "secret", MenuModule::secret);
        add(natives, "word", this::word);
        return natives.seal("menu");
    }

    private static LuaTable allowed(Set<String> names) {
        LuaTable allowed = LuaTable.unmetered();
        for (String name : names) {
            allowed.set(name.equals("1") ? Lua.number(1) : LuaString.of(name), true);
        }
        return allowed.seal("options");
    }

    private static void add(LuaTable natives, String name, ApiFunction.HostBody body) {
        natives.set(name, new NativeFunction(name, a -> body.call(a, a.context(HostCall.class))));
    }

    private static @Nullable Object[] throwing(Error error) {
        throw error;
    }

    private static @Nullable Object[] throwing(LuaError error) {
        throw error;
    }

    /** show(function, question, text, options, may be dialled, leaves what was dialled). */
    private @Nullable Object[] show(Arguments a, HostCall call) {
        Journal journal = call.journal();
        return journal == null
                ? a.state().call(ussd.table().get(MENU), a.get(3), a.get(4))
                : ((Flow) journal.owner())
                        .show(
                                a.text(1),
                                a.get(2),
                                a.string(3),
                                a.table(4),
                                Lua.truthy(a.get(5)),
                                Lua.truthy(a.get(6)));
    }

    private static @Nullable Object[] nav(Arguments a, HostCall call) {
        Journal journal = call.journal();
        return journal == null ? Lua.nothing() : ((Flow) journal.owner()).keys();
    }

    private static @Nullable Object[] refused(Arguments a, HostCall call) {
        Journal journal = call.journal();
        if (journal != null) {
            journal.refused();
        }
        return Lua.nothing();
    }

    private static @Nullable Object[] leave(Arguments a, HostCall call) {
        if (call.journal() != null) {
            throw new Flow.Left(a.text(1), a.get(2));
        }
        return a.isNil(2) ? Lua.values(null, a.get(1)) : Lua.values(null, a.get(1), a.get(2));
    }

    /** unknown(function, option, allowed). */
    private static @Nullable Object[] unknown(Arguments a, HostCall call) {
        Set<String> allowed = new TreeSet<>();
        LuaTable names = a.table(3);
        for (var e = names.next(null); e != null; e = names.next(e[0])) {
            allowed.add(Lua.show(e[0]));
        }
        String name = a.state().show(a.get(2));
        throw new LuaError(
                a.text(1)
                        + ": unknown option '"
                        + name
                        + "'"
                        + Nearest.suggestion(name, allowed)
                        + "; allowed are "
                        + String.join(", ", allowed));
    }

    /** secret(value): what a check made of a secret answer is as secret. */
    private static @Nullable Object[] secret(Arguments a, HostCall call) {
        return a.get(1) instanceof LuaString text && !a.state().isSecret(text)
                ? Lua.values(a.state().newSecret(text.toText(), Mask.of(text.toText())))
                : Lua.values(a.get(1));
    }

    /** word(name, English, values): what is shown where the script gives no text. */
    private @Nullable Object[] word(Arguments a, HostCall call) {
        return Lua.values(
                MenuWords.word(
                        call,
                        a.state(),
                        modules.texts,
                        a.text(1),
                        a.string(2),
                        a.isNil(3) ? null : a.table(3)));
    }

    private static @Nullable Object[] written(Arguments a, HostCall call) {
        @Nullable Object value = a.get(1);
        String shown = a.state().show(value);
        return Lua.values(
                a.state()
                        .newString(
                                value instanceof LuaString ? "the text \"" + shown + "\"" : shown));
    }
}
