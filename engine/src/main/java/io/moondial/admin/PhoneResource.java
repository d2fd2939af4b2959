package io.moondial.admin;

import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.dialog.DialogKind;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Phones;
import io.moondial.handset.Phones.Phone;
import io.moondial.handset.Phones.WrongMomentException;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.LogText;
import io.moondial.text.Mask;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/phone}: phones that dial the engine in service, or take what it pushes. */
public final class PhoneResource implements Resource {
    private static final Logger log = LoggerFactory.getLogger("audit");
    private static final int MAX_WAIT = 60_000;
    private static final int MAX_SCREENS = 100_000;
    private static final int MAX_OCTET = 255;

    private final Phones phones;
    private final Supplier<List<Integer>> ssns;
    private final Hidden hidden;

    /** Which characters of what begins a dialog may be a secret. */
    @FunctionalInterface
    public interface Hidden {
        /** Their indices. */
        BitSet in(DialogKind kind, String text, @Nullable String msisdn);
    }

    /**
     * The resource.
     *
     * @param ssns the subsystems of the engine
     * @param hidden what the log must not show of what is dialled
     */
    public PhoneResource(Phones phones, Supplier<List<Integer>> ssns, Hidden hidden) {
        this.phones = phones;
        this.ssns = ssns;
        this.hidden = hidden;
    }

    @Override
    public void declare(Routes routes) {
        routes.post("/v1/phone", Role.OPERATOR, this::dial);
        routes.get("/v1/phone/{phone_id}", Role.OPERATOR, this::look);
        routes.delete("/v1/phone/{phone_id}", Role.OPERATOR, this::hangUp);
        routes.post("/v1/phone/{phone_id}/answer", Role.OPERATOR, this::answer);
    }

    private Answer dial(Call call) throws Refusal, InterruptedException {
        call.allow();
        Call.Fields body =
                call.fields("code", "notify", "on", "msisdn", "imsi", "ssn", "destination", "dcs");
        String code = body.text("code");
        String pushed = body.text("notify");
        if (Stream.of("code", "notify", "on").filter(body::has).count() != 1) {
            throw Refusal.badRequest(
                    "give one of code, such as *100#, notify, the text of a notify, and on, the number whose pushes it takes");
        }
        if (body.has("on")) {
            return turnOn(call, body);
        }
        DialogKind kind = code == null ? DialogKind.NOTIFIED : DialogKind.DIALLED;
        String text = code == null ? String.valueOf(pushed) : code;
        Subscriber subscriber = subscriber(body);
        FarSide.Call dialled =
                subscriber.call(
                        kind == DialogKind.DIALLED
                                ? Operation.PROCESS_UNSTRUCTURED_SS_REQUEST
                                : Operation.UNSTRUCTURED_SS_NOTIFY,
                        ussd(text, body.number("dcs", Dcs.UNSPECIFIED.octet(), 0, MAX_OCTET)));
        Phone phone = phones.dial(dialled).orElseThrow(this::tooMany);
        Address msisdn = subscriber.msisdn();
        BitSet secret = hidden.in(kind, text, msisdn == null ? null : msisdn.digits());
        log.info(
                "{} {} \"{}\" to SSN {} from phone {}",
                LogText.of(call.caller().name()),
                kind == DialogKind.DIALLED ? "dials" : "pushes",
                LogText.of(Mask.of(text, secret)),
                subscriber.ssn(),
                phone.id());
        return new Answer.Json(201, json(call, phone.await(0, Duration.ZERO)));
    }

    private Answer turnOn(Call call, Call.Fields body) throws Refusal, InterruptedException {
        String number = String.valueOf(body.digits("on"));
        for (String other : List.of("msisdn", "imsi", "ssn", "destination", "dcs")) {
            if (body.has(other)) {
                throw Refusal.badRequest(other + " is for a phone that dials, not for one with on");
            }
        }
        Phone phone = phones.turnOn(number).orElseThrow(this::tooMany);
        log.info(
                "{} turns on phone {}, which takes the pushes of {}",
                LogText.of(call.caller().name()),
                phone.id(),
                number);
        return new Answer.Json(201, json(call, phone.await(0, Duration.ZERO)));
    }

    private Refusal tooMany() {
        return Refusal.tooMany(
                "%d phones are held, as many as admin: phones: max allows: hang one up"
                        .formatted(phones.settings().max()));
    }

    private static UssdString ussd(String text, int dcs) throws Refusal {
        if (text.isEmpty()) {
            throw Refusal.badRequest("there is nothing to dial: the text is empty");
        }
        try {
            return UssdString.encode(text, new Dcs(dcs));
        } catch (UnsendableText e) {
            throw Refusal.badRequest("the text cannot be sent: " + e.getMessage());
        }
    }

    private Subscriber subscriber(Call.Fields body) throws Refusal {
        String msisdn = body.digits("msisdn");
        String imsi = body.digits("imsi");
        String destination = body.digits("destination");
        if (imsi != null && destination != null) {
            throw Refusal.badRequest(
                    "imsi and destination are the same reference: give one of them");
        }
        int ssn = body.number("ssn", Subscriber.USUAL_SSN, 1, Subscriber.MAX_SSN);
        if (!ssns.get().contains(ssn)) {
            throw Refusal.badRequest(
                    "ssn is %d; the engine answers at %s".formatted(ssn, ssns.get()));
        }
        String origination = phones.settings().origination();
        return new Subscriber(
                msisdn == null ? null : Address.international(msisdn),
                imsi == null
                        ? destination == null ? null : Address.international(destination)
                        : new Address(imsi, Address.INTERNATIONAL, Address.LAND_MOBILE),
                origination == null ? null : Address.international(origination),
                ssn);
    }

    private Answer look(Call call) throws Refusal, InterruptedException {
        call.allow("after", "wait_ms");
        Phone phone = phone(call);
        int after = call.query("after", 0, 0, MAX_SCREENS);
        int wait = call.query("wait_ms", 0, 0, MAX_WAIT);
        return Answer.json(json(call, phone.await(after, Duration.ofMillis(wait))));
    }

    private Answer hangUp(Call call) throws Refusal {
        call.allow();
        phones.hangUp(phone(call));
        return new Answer.Empty();
    }

    private Answer answer(Call call) throws Refusal {
        call.allow();
        Phone phone = phone(call);
        Call.Fields body = call.fields("text", "error");
        if (body.has("text") && body.has("error")) {
            throw Refusal.badRequest("give either text or error");
        }
        try {
            return Answer.json(
                    json(
                            call,
                            body.has("error")
                                    ? phone.refuse(body.number("error", 0, 0, MAX_OCTET))
                                    : phone.answer(body.text("text"))));
        } catch (WrongMomentException e) {
            throw Refusal.conflict(String.valueOf(e.getMessage()));
        } catch (UnsendableText e) {
            throw Refusal.badRequest("the text cannot be sent: " + e.getMessage());
        }
    }

    private Phone phone(Call call) throws Refusal {
        return phones.phone(call.path("phone_id"))
                .orElseThrow(
                        () ->
                                Refusal.notFound(
                                        "there is no such phone: it was hung up, or nobody asked for it for "
                                                + phones.settings().giveUpTime().toSeconds()
                                                + " s"));
    }

    private static ObjectNode json(Call call, Phones.View view) {
        ObjectNode json = call.json().createObjectNode();
        json.put("phone_id", view.id());
        json.put("instance_id", view.instanceId());
        json.put("state", view.state().name().toLowerCase(Locale.ROOT));
        ArrayNode screens = json.putArray("screens");
        for (Phones.Seen seen : view.screens()) {
            ObjectNode screen = screens.addObject();
            screen.put("at", seen.at().toString());
            screen.put("kind", seen.screen().word());
            screen.put("text", text(seen.screen()));
            if (seen.screen() instanceof Screen.Decline(int code)) {
                screen.put("code", code);
            }
            if (seen.screen() instanceof Screen.Menu) {
                screen.put("secret_answer", seen.secretAnswer());
            }
        }
        return json;
    }

    private static String text(Screen screen) {
        return switch (screen) {
            case Screen.Menu menu -> menu.text();
            case Screen.Notify notify -> notify.text();
            case Screen.Respond respond -> respond.text();
            case Screen.Decline(int code) -> "ReturnError " + code;
            case Screen.Acknowledge a -> "";
            case Screen.Close c -> "";
            case Screen.Abort(String reason) -> reason;
            case Screen.Reject(String problem) -> problem;
        };
    }
}
