package io.moondial.modules.n2svcd;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.ANY;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.FUNCTION;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.NUMBER;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;
import static io.moondial.script.api.ApiFunction.Effect.CHANGE;
import static io.moondial.script.api.ApiFunction.Effect.READ;
import static io.moondial.script.api.ApiFunction.Effect.RECORD;
import static io.moondial.script.api.ApiFunction.Effect.SCREEN;
import static io.moondial.script.api.Phase.NOTIFY;
import static io.moondial.script.api.Phase.NOTIFY_ENDED;
import static io.moondial.script.api.Phase.PROCESS;
import static io.moondial.script.api.Phase.PUSH;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.api.Phase;
import io.moondial.script.api.RequestField;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaError;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The modules {@code n2.n2svcd} and {@code n2.n2svcd.ussd}, by which scripts run that were written
 * for N2SVCD of N-Squared. They are compatible with its public pages: what those document is here
 * under the same name. Where they are silent, the names are of this project.
 */
public final class N2svcdModules {
    private static final String NAME = "n2.n2svcd";
    private static final String REQUIRE = "local n2svcd = require \"n2.n2svcd\"\n";
    private static final String REQUIRE_USSD = "local ussd_api = require \"n2.n2svcd.ussd\"\n";
    private static final double LONGEST_WAIT = 600;
    private static final String OTHER_PROTOCOL = "the engine speaks USSD only; ";

    private N2svcdModules() {}

    /**
     * Makes both.
     *
     * @param ussd what shows screens
     * @param log what writes log lines
     * @param edr what writes records
     * @param stat what counts
     */
    public static List<ApiModule> create(
            ApiModule ussd, ApiModule log, ApiModule edr, ApiModule stat) {
        ApiModule.Builder core =
                ApiModule.of(
                                NAME,
                                "For scripts that were written for N2SVCD of N-Squared: compatible with its public pages, see [n-squared.md](n-squared.md). A script that requires it also has the globals `APPLICATION_NAME`, `INSTANCE_IDX`, `LOADER_MODULE`, `REQUIRE_LIST` (nil), `SERVICE_MODULE` and `TRACE_LEVEL` (0).")
                        .byRequireOnly()
                        .inLua(
                                new ApiModule.PartInLua(
                                        source("n2svcd.lua"),
                                        List.of(
                                                natives(),
                                                log.table(),
                                                edr.table(),
                                                stat.table())));
        addEntry(core);
        addLog(core);
        addRecords(core);
        addElsewhere(core);
        addGlobals(core);
        ApiModule.Builder conversation =
                ApiModule.of(
                                NAME + ".ussd",
                                "The methods of a USSD script under the names that N-Squared's public pages give them. The pages do not tell the module's name, its arguments and its results: those are ours. A script for N2SVCD needs this name in its `require`. The attributes of results are named after the fields of the records.")
                        .byRequireOnly()
                        .inLua(new ApiModule.PartInLua(source("ussd.lua"), List.of(ussd.table())));
        addWaiting(conversation);
        addTerminating(conversation);
        conversation.elsewhere("abort", "ussd.abort aborts the dialog");
        conversation.elsewhere("respond", "the text that the script returns is the last one");
        return List.of(core.build(), conversation.build());
    }

    private static String source(String name) {
        try (InputStream in = N2svcdModules.class.getResourceAsStream(name)) {
            return new String(requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- n2.n2svcd

    private static void addEntry(ApiModule.Builder module) {
        module.function(
                        "handler",
                        "Says which function handles the request. A script returns what this returns, and the engine calls the function with the request. What the function returns is the result of the script.",
                        f ->
                                f.takes(
                                                "function",
                                                FUNCTION,
                                                "gets the request; a field that no request has is an error there")
                                        .returns("what the script returns")
                                        .doesInLua(
                                                REQUIRE
                                                        + """
                                                        local handler = function (request)
                                                          return "Hello, " .. request.msisdn
                                                        end
                                                        return n2svcd.handler (handler)"""))
                .function(
                        "wait",
                        "Waits. Only this script waits.",
                        f ->
                                f.takes("seconds", NUMBER, "0 to 600, with or without a fraction")
                                        .returns("true")
                                        .raises("the seconds are not 0 to 600")
                                        .effect(READ)
                                        .waits()
                                        .does(
                                                REQUIRE + "n2svcd.wait (0.01)",
                                                N2svcdModules::pause));
    }

    /** What n2svcd.lua calls. */
    private static LuaTable natives() {
        LuaTable fields = LuaTable.unmetered();
        RequestField.ALL.forEach(it -> fields.set(it.name(), true));
        LuaTable natives = LuaTable.unmetered();
        natives.set("fields", fields.seal("n2svcd"));
        natives.set(
                "handledBy",
                new NativeFunction(
                        "handledBy",
                        a -> {
                            a.context(HostCall.class).handledBy(a.function(1));
                            return Lua.nothing();
                        }));
        natives.set(
                "fail",
                new NativeFunction(
                        "fail",
                        a -> {
                            throw new LuaError(a.text(1));
                        }));
        return natives.seal("n2svcd");
    }

    private static @Nullable Object[] pause(Arguments a, HostCall call) {
        double seconds = a.number(1);
        if (!(seconds >= 0 && seconds <= LONGEST_WAIT)) {
            throw new LuaError(
                    a.function() + ": seconds: 0 to 600; got " + Lua.show(Lua.number(seconds)));
        }
        call.pause(a.function(), Duration.ofNanos(Math.round(seconds * 1e9)));
        return Lua.values(true);
    }

    private static void addLog(ApiModule.Builder module) {
        module.function("notice", "Logs at level info, as log.info does.", f -> logs(f, "notice"))
                .function(
                        "warning", "Logs at level warn, as log.warn does.", f -> logs(f, "warning"))
                .function(
                        "debug",
                        "Logs at level debug, as log.debug does. The log shows it if its level is debug.",
                        f -> logs(f, "debug"));
    }

    private static ApiFunction logs(ApiFunction.Builder f, String name) {
        return f.takes(
                        "format",
                        STRING,
                        "of the line, as that of log.info; or an event ID such as \"SV-LU-90001\", which the format follows")
                .mayTake("...", ANY, "the values of the format")
                .returns("true")
                .raises("as log.info")
                .effect(RECORD)
                .doesInLua(
                        REQUIRE + "n2svcd." + name + " (\"balance of %s: %.2f\", \"277\", 12.5)");
    }

    private static void addRecords(ApiModule.Builder module) {
        module.function(
                        "stat_increment",
                        "Counts one more under a name, as stat.increment does.",
                        f ->
                                f.takes("name", STRING, "for example feedback.success")
                                        .returns("true")
                                        .raises("as stat.increment")
                                        .effect(RECORD)
                                        .doesInLua(
                                                REQUIRE
                                                        + "n2svcd.stat_increment (\"topup.success\")"))
                .function(
                        "write_edr",
                        "Writes a record with the instance id of this dialog, as edr.write does.",
                        f ->
                                f.takes("event_name", STRING, "its type")
                                        .takes("fields", TABLE, "by name, as for edr.write")
                                        .mayTake(
                                                "stream_key",
                                                STRING,
                                                "the stream of records; nil is the service's")
                                        .returns("true")
                                        .raises("as edr.write")
                                        .effect(CHANGE)
                                        .doesInLua(
                                                REQUIRE
                                                        + "n2svcd.write_edr (\"TOPUP\", { AMOUNT = 50, VOUCHERS = { \"123\", \"456\" } })"));
    }

    /** A closed list: what the public pages name and the engine does by other means, or not. */
    private static void addElsewhere(ApiModule.Builder module) {
        module.elsewhere("db_agent", "sql.query and the like reach a database of the rules")
                .elsewhere(
                        "diameter_agent",
                        OTHER_PROTOCOL + "http.post reaches a gateway to Diameter")
                .elsewhere(
                        "edr_file_agent",
                        "a dialog test checks records with 'edr'; ussd edr reads their files")
                .elsewhere("global_storage", "kv keeps values beyond a dialog")
                .elsewhere(
                        "map_agent",
                        "scripts send no MAP of their own; ussd.menu and ussd.notify do")
                .elsewhere(
                        "raise_trace",
                        "ussd trace writes the dialogs of a number into a file for Wireshark")
                .elsewhere(
                        "rest_agent",
                        "http.get, http.post and the like reach an upstream of the rules")
                .elsewhere("scp", OTHER_PROTOCOL + "calls are no part of it")
                .elsewhere("smpp_agent", OTHER_PROTOCOL + "http.post reaches an SMS gateway")
                .elsewhere(
                        "smpp_inbound_agent", OTHER_PROTOCOL + "a short message starts no script")
                .elsewhere(
                        "soap_agent",
                        "http.post sends the envelope as its body to an upstream of the rules")
                .elsewhere(
                        "tcap_agent",
                        "scripts send no TCAP of their own; ussd.close and ussd.abort end a dialog")
                .elsewhere(
                        "tester",
                        "a .dialog file beside the script tests it, and ussd test runs it")
                .elsewhere("tester.match", "a .dialog file says what a text must be")
                .elsewhere(
                        "ussd_notify_agent",
                        "ussd.notify shows a text within a dialog; there is no notify outside of one");
    }

    private static void addGlobals(ApiModule.Builder module) {
        module.whenRequired("APPLICATION_NAME", call -> LuaString.of(application(call)))
                .whenRequired("INSTANCE_IDX", call -> LuaString.of(instance(call)))
                .whenRequired("LOADER_MODULE", _ -> LuaString.of("Moondial"))
                .whenRequired("REQUIRE_LIST", _ -> null)
                .whenRequired("SERVICE_MODULE", call -> LuaString.of(service(call.phase())))
                .whenRequired("TRACE_LEVEL", _ -> Lua.number(0));
    }

    private static String application(HostCall call) {
        String id = call.instanceId();
        int end = id.lastIndexOf('-', id.lastIndexOf('-') - 1);
        return end < 0 ? id : id.substring(0, end);
    }

    private static String instance(HostCall call) {
        String id = call.instanceId();
        return id.substring(id.lastIndexOf('-') + 1);
    }

    private static String service(Phase phase) {
        return switch (phase) {
            case PROCESS, PROCESS_ENDED -> "SigtranApp::ProcessUssdLuaService";
            case NOTIFY, NOTIFY_ENDED -> "SigtranApp::UssdNotifyLuaService";
            case PUSH, PUSH_ENDED -> "SigtranApp::PushUssdLuaService";
        };
    }

    // ---- n2.n2svcd.ussd

    private static void addWaiting(ApiModule.Builder module) {
        module.function(
                        "menu",
                        "Shows a text and waits for an answer.",
                        f ->
                                shows(f).returns(
                                                "a table. reason: \"Input\", with the answer as text; \"Timeout\"; \"Abandon\" (the far side has ended the dialog); or \"Error\", with the MAP error code as error_code")
                                        .doesInLua(
                                                REQUIRE_USSD
                                                        + """
                                                        local result = ussd_api.menu ("1. Balance\\n2. Airtime")
                                                        if result.reason == "Input" then
                                                          return "You chose " .. result.text
                                                        end"""))
                .function(
                        "notify",
                        "Shows a text and waits until the handset has acknowledged it.",
                        f ->
                                shows(f).returns(
                                                "a table. reason: \"Success\", \"Timeout\", \"Abandon\", or \"Error\" with error_code")
                                        .doesInLua(
                                                REQUIRE_USSD
                                                        + "ussd_api.notify (\"Your request is being processed\")"));
    }

    private static ApiFunction.Builder shows(ApiFunction.Builder f) {
        return f.takes("text", STRING, "what the handset shows")
                .mayTake("options", TABLE, "those of ussd.menu")
                .withFields(List.of("timeout", "dcs", "secret"))
                .raises("as ussd.menu")
                .effect(SCREEN)
                .waits()
                .only(PROCESS, PUSH);
    }

    private static void addTerminating(ApiModule.Builder module) {
        module.function(
                        "decline",
                        "Ends the dialog with a MAP error.",
                        f ->
                                f.mayTake(
                                                "error_code",
                                                NUMBER,
                                                "1 to 255; nil is 34, systemFailure")
                                        .returns("true, even if the far side has ended the dialog")
                                        .raises("as ussd.decline")
                                        .effect(SCREEN)
                                        .only(PROCESS, NOTIFY)
                                        .doesInLua(REQUIRE_USSD + "ussd_api.decline (36)"))
                .function(
                        "close",
                        "Ends the dialog without another text (an empty TC-END).",
                        f ->
                                f.returns("true, even if the far side has ended the dialog")
                                        .raises("as ussd.close")
                                        .effect(SCREEN)
                                        .only(PROCESS, NOTIFY, PUSH)
                                        .doesInLua(REQUIRE_USSD + "ussd_api.close ()"));
    }
}
