package io.moondial.modules.http;

import static io.moondial.script.api.ApiFunction.ApiParameter.Type.STRING;
import static io.moondial.script.api.ApiFunction.ApiParameter.Type.TABLE;

import io.moondial.modules.http.Exchange.Answer;
import io.moondial.modules.http.Exchange.Failure;
import io.moondial.modules.http.Exchange.Outcome;
import io.moondial.modules.http.Exchange.Request;
import io.moondial.modules.http.Exchange.Upstreams;
import io.moondial.modules.http.Exchange.Why;
import io.moondial.modules.json.Json;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.HostCall;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import org.jspecify.annotations.Nullable;

/** The module {@code http}. */
public final class HttpModule {
    private static final LuaString STATUS = LuaString.of("status");
    private static final LuaString OK = LuaString.of("ok");
    private static final LuaString HEADERS = LuaString.of("headers");
    private static final LuaString BODY = LuaString.of("body");
    private static final LuaString JSON = LuaString.of("json");

    private static final String OPTIONS =
            "path: values for the names in braces; query: what follows the ?, by name, in the order of the table; a list gives its name several times;"
                    + " headers: by name;"
                    + " timeout: the longest time of the whole call, seconds or a text like \"500ms\", instead of that of the rules;"
                    + " idempotency_key: a text that makes the call one that may be sent again";

    private static final String BODY_OPTIONS =
            "; and for the body one of json: a value, written as json.encode does; form: names and values, as a web form sends them; body: a string";

    private final Json json;

    private HttpModule(Json json) {
        this.json = json;
    }

    /** Makes the module. */
    public static ApiModule create(Json json) {
        return create(json, new HttpBackend());
    }

    static ApiModule create(Json json, HttpBackend backend) {
        return new HttpModule(json).describe(backend);
    }

    private ApiModule describe(HttpBackend backend) {
        return ApiModule.of(
                        "http",
                        "Calls HTTP services. A script names an upstream of the rules"
                                + " (`http: {upstreams: ...}`) and a path; it reaches no other address. Redirects are"
                                + " not followed, cookies are not kept. Each request has the headers `Moondial-Instance`, the"
                                + " dialog's instance id, and `traceparent` (W3C Trace Context), whose trace id is the same for"
                                + " all calls of a dialog.")
                .backedBy(backend)
                .function(
                        "get",
                        "Asks for what is at a path.",
                        f ->
                                common(f, OPTIONS)
                                        .effect(Effect.READ)
                                        .does(
                                                """
                                                local answer, why, detail = http.get("billing", "/accounts/{msisdn}", {
                                                  path = {msisdn = (...).msisdn}, query = {currency = "KES"},
                                                })
                                                if not answer then
                                                  log.info("no balance: %s", detail)
                                                elseif answer.ok then
                                                  log.info("balance %s", answer.json.balance)
                                                end""",
                                                (a, call) -> call("GET", a, call)))
                .function(
                        "post",
                        "Sends something that changes what is there, such as a payment. After timeout, closed or a status from 500 nobody here knows whether it has happened; with an idempotency_key, which the service must know, it can be sent again, by the engine and by the script. If the engine sends it again and is then refused, the script still gets how the first attempt ended: a refusal may mean that the first was carried out. So a status from 400 to 499 always means that no attempt of this call was left in doubt. It is the same with put, patch and delete.",
                        f ->
                                common(f, OPTIONS + BODY_OPTIONS)
                                        .effect(Effect.CHANGE)
                                        .knownByKey()
                                        .does(
                                                """
                                                local answer, why = http.post("billing", "/topups", {
                                                  json = {msisdn = (...).msisdn, amount = 50},
                                                  idempotency_key = INSTANCE_ID,
                                                })
                                                local text = "Try again later"
                                                if answer and answer.ok then text = "Done" end""",
                                                (a, call) -> call("POST", a, call)))
                .function(
                        "put",
                        "Puts something at a path.",
                        f ->
                                common(f, OPTIONS + BODY_OPTIONS)
                                        .effect(Effect.CHANGE)
                                        .knownByKey()
                                        .does(
                                                "http.put(\"billing\", \"/languages/{msisdn}\", {path = {msisdn = (...).msisdn}, json = {language = \"sw\"}})",
                                                (a, call) -> call("PUT", a, call)))
                .function(
                        "patch",
                        "Changes a part of what is at a path. It is sent again after a failure only if there is an idempotency_key.",
                        f ->
                                common(f, OPTIONS + BODY_OPTIONS)
                                        .effect(Effect.CHANGE)
                                        .knownByKey()
                                        .does(
                                                "http.patch(\"billing\", \"/accounts/{msisdn}\", {path = {msisdn = (...).msisdn}, json = {blocked = true}})",
                                                (a, call) -> call("PATCH", a, call)))
                .function(
                        "delete",
                        "Deletes what is at a path.",
                        f ->
                                common(f, OPTIONS + BODY_OPTIONS)
                                        .effect(Effect.CHANGE)
                                        .knownByKey()
                                        .does(
                                                "http.delete(\"billing\", \"/subscriptions/{id}\", {path = {id = \"news/1\"}})",
                                                (a, call) -> call("DELETE", a, call)))
                .build();
    }

    private static ApiFunction.Builder common(ApiFunction.Builder f, String options) {
        return f.takes("upstream", STRING, "its name in the rules")
                .takes(
                        "path",
                        STRING,
                        "what follows the URL of the upstream, such as /accounts/{msisdn}; names in braces are filled from the option path, percent-encoded, so that a value never leaves its part of the path")
                .mayTake("options", TABLE, options)
                .withFields(RequestReader.OPTIONS)
                .returns(
                        "a table: status (a number), ok (whether it is from 200 to 299), headers (by names in small letters; several of one name with \", \" between them), body (a string), and json (the value of the body if its type is JSON and it can be read; nil otherwise; json.decode(answer.body, {decimals = true}) reads amounts with all their digits)."
                                + " Or nil, why, and a sentence for the log. Why is one of "
                                + Why.list())
                .raises(
                        "the rules have no such upstream; a path that does not begin with /, or has //, ?, @, a dot part or anything else that would lead elsewhere; a name in braces without a value, or a value without a name; an option that does not exist or is of the wrong type; a header that belongs to the connection; more than one body")
                .waits();
    }

    private @Nullable Object[] call(String method, Arguments a, HostCall call) {
        Upstreams upstreams = call.backend(Upstreams.class);
        Request request = RequestReader.read(a, json, method, upstreams.names(), call);
        Outcome outcome =
                call.await(
                        "http." + request.upstream(),
                        () -> upstreams.call(request),
                        Outcome::word,
                        it ->
                                CallLine.given(
                                        RequestReader.masked(
                                                a, json, method, upstreams.names(), call),
                                        it));
        return switch (outcome) {
            case Answer answer -> Lua.values(table(a.state(), answer));
            case Failure failure ->
                    Lua.values(
                            null,
                            Lua.text(failure.why().word()),
                            a.state().newString(failure.detail()));
        };
    }

    private LuaTable table(LuaState state, Answer answer) {
        LuaTable table = state.newTable();
        table.set(STATUS, Lua.number(answer.status()));
        table.set(OK, answer.status() >= 200 && answer.status() < 300);
        LuaTable headers = state.newTable();
        answer.headers()
                .forEach(
                        (name, value) ->
                                headers.set(state.newString(name), state.newString(value)));
        table.set(HEADERS, headers);
        state.meter().string(answer.body().length());
        table.set(BODY, answer.body());
        if (answer.isJson()) {
            try {
                table.set(JSON, json.decode(state, answer.body().toText()));
            } catch (Json.NotJson e) {
                // the script sees that there is no value; the body says what came instead
                table.set(JSON, null);
            }
        }
        return table;
    }
}
