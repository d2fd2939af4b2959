package io.moondial.channel.wire;

import static io.moondial.channel.wire.Ber.hex;
import static io.moondial.channel.wire.Ber.tlv;

import io.moondial.Configuration;
import io.moondial.channel.embedded.DirectLine;
import io.moondial.channel.sigtran.M3uaReading;
import io.moondial.channel.ss7.UssdDesk;
import io.moondial.dialogtest.run.MovedTime;
import io.moondial.edr.Edr;
import io.moondial.edr.InstanceIds;
import io.moondial.edr.spec.EdrSpec;
import io.moondial.fuzz.Allocation;
import io.moondial.fuzz.Complaints;
import io.moondial.fuzz.Finding;
import io.moondial.fuzz.FuzzTarget;
import io.moondial.logic.ServiceDesk;
import io.moondial.metrics.Counters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A whole engine, from the octets of M3UA down to the argument of a USSD operation and on into
 * scripts. An input is a few steps: an octet that says what kind of step it is, an octet with the
 * length of what follows, and that. What is damaged lies within a message that is otherwise sound,
 * as deep as the kind of step says.
 */
public final class WireTarget implements FuzzTarget {
    /** What one message may allocate, on all threads together, scripts included. */
    public static final long MAX_ALLOCATION = 64 << 10;

    private static final int MAX_STEPS = 12;
    private static final int TIMES = 20;
    private static final int MAX_DIALOGS = 1_000;
    private static final int SCCP = 3;
    private static final int PEER_POINT = 1;
    private static final int ENGINE_POINT = 2;

    /** What begins lower is SCCP management. */
    private static final int LEAST_TCAP_TAG = 0x60;

    private static final int MAX_UDT = 250;
    private static final int MAX_SEGMENT = 200;

    /** The stack's own periodic tasks. */
    private static final int OWN_TIMERS = 3;

    /** Longer than any script of this engine lives. */
    private static final Duration LONG = Duration.ofMinutes(20);

    private static final long MAX_GROWTH = 24L << 20;

    /** The octets of the text of the secret menu, PIN?, and how many make an answer to it told. */
    private static final String PIN = "d0a4f307";

    private static final int LEAST_SECRET = 7;
    private static final int INPUTS_A_LOOK = 20_000;
    private static final EdrSpec SPEC = EdrSpec.builtIn();

    /** Whom a message is for; the first two are subsystems of the engine. */
    private static final byte[][] CALLED = {
        Sccp.ENGINE, hex("43020093"), hex("12060012047228990000"), hex("43020008")
    };

    private static final String RULES =
            """
            process:
              menu_timeout: 30s
              triggers:
                - {ussd_string_prefix: "*1", script_key: menu}
                - {ussd_string_prefix: "*2", script_key: secret}
                - {ussd_string: "*3#", script_key: notify}
                - {ussd_string: "*9#", script_key: fault}
                - {msisdn_prefix: "2776", script_key: short}
            notify:
              triggers:
                - {script_key: inbound}
            script:
              max_instructions: 20000
              max_kills: 1000000
            """;

    private static final Map<String, String> SCRIPTS =
            Map.of(
                    "menu",
                    """
                    local ussd = require "ussd"
                    local answer, why = ussd.menu("1. Go\\n2. Stop")
                    while answer == "1" do
                      answer, why = ussd.menu("Again?")
                    end
                    return answer and "Bye, " .. answer:sub(1, 60) or "Ended: " .. why
                    """,
                    "secret",
                    """
                    local ussd = require "ussd"
                    local pin, why = ussd.menu("PIN?", {secret = true})
                    if pin == "0" then return ussd.abort() end
                    return pin and "Thanks" or "Ended: " .. why
                    """,
                    "notify",
                    """
                    local ussd = require "ussd"
                    ussd.notify("Note this")
                    return "Done"
                    """,
                    "fault",
                    "error('boom')",
                    "short",
                    "return 'Hello ' .. (...).text:sub(1, 60)",
                    "inbound",
                    "return");

    /** A dialog that the engine has open, as this peer knows it. */
    private record Open(String ours, String engines, int invokeId, boolean secret) {}

    private final MovedTime time = new MovedTime();
    private final Counters counters = new Counters();
    private final Complaints complaints = new Complaints();
    private final Queue<byte[]> sent = new ConcurrentLinkedQueue<>();
    private final Queue<byte[]> traced = new ConcurrentLinkedQueue<>();
    private final Queue<Edr> records = new ConcurrentLinkedQueue<>();
    private final List<Open> open = new ArrayList<>();
    private final Set<String> answered = new HashSet<>();

    /** The engine's ids of dialogs that it accepted without an Invoke: only the stack has them. */
    private final Set<String> withoutInvoke = new HashSet<>();

    private final M3uaReading m3ua = new M3uaReading();
    private final ServiceDesk desk;
    private final DirectLine line;
    private final long maxAllocation;
    private byte[] lastSent = {};
    private int dialogs;
    private int inputs;
    private int delivered;
    private Allocation allocation = new Allocation();
    private long mostAllocated;
    private long heap;

    /** The id that was put into the last message; the far side's when a message comes back. */
    private String begun = "";

    /**
     * An engine that runs.
     *
     * @param folder empty, for its scripts
     * @param maxAllocation {@link #MAX_ALLOCATION}; more where what watches the engine allocates
     *     too
     */
    public WireTarget(Path folder, long maxAllocation) throws Exception {
        this.maxAllocation = maxAllocation;
        Configuration configuration = configuration(folder);
        desk =
                new ServiceDesk(
                        (stream, edr) -> records.add(edr),
                        () -> true,
                        new InstanceIds("Logic", time.time().now(), new Random(1)),
                        counters,
                        time.time(),
                        MAX_DIALOGS);
        desk.serve(configuration.services());
        line = new DirectLine(new UssdDesk(desk), 10 * MAX_DIALOGS, counters, sent::add);
        line.attach(
                message -> {
                    if (!message.outgoing()) {
                        traced.addAll(message.parts());
                    }
                });
        warmUp();
    }

    private static Configuration configuration(Path folder) throws Exception {
        Path scripts = Files.createDirectories(folder.resolve("scripts"));
        for (Map.Entry<String, String> script : SCRIPTS.entrySet()) {
            Files.writeString(scripts.resolve(script.getKey() + ".lua"), script.getValue());
        }
        Path rules = folder.resolve("rules.yaml");
        Files.writeString(rules, RULES);
        return Configuration.read(rules);
    }

    /** What classes take to be loaded is not what a message takes. */
    private void warmUp() throws Exception {
        for (int i = 0; i < 20; i++) {
            for (String code : List.of("aa180c3602", "2a190c", "2a5a0d", "aad90c")) {
                deliver(0, begin(0, invoke(Ber.ussdArgument(15, code))));
                time.rest();
            }
            time.pass(LONG);
        }
        observe();
        complaints.requireNone();
        open.clear();
        answered.clear();
        records.clear();
    }

    @Override
    public void accept(byte[] input) throws Exception {
        try {
            long least = Long.MAX_VALUE;
            // What is done for the first time ever takes more, for classes to be loaded.
            for (int time = 0; time < TIMES && least > maxAllocation; time++) {
                steps(input);
                least = Math.min(least, mostAllocated);
            }
            Finding.unless(least <= maxAllocation, "one message allocated too many octets", least);
        } catch (Finding finding) {
            throw finding;
        } catch (Throwable escaped) {
            throw new Finding(escaped);
        }
    }

    private void steps(byte[] input) throws Exception {
        mostAllocated = 0;
        int at = 0;
        for (int step = 0; step < MAX_STEPS && at < input.length; step++) {
            int kind = input[at] & 0xff;
            int length = at + 1 < input.length ? input[at + 1] & 0xff : 0;
            int from = Math.min(at + 2, input.length);
            at = Math.min(from + length, input.length);
            step(kind, Arrays.copyOfRange(input, from, at));
        }
        end();
    }

    private void step(int kind, byte[] content) throws Exception {
        begun = "";
        delivered = 0;
        traced.clear();
        allocation = new Allocation();
        long counted = counted();
        act(kind & 0x0f, kind >> 6 & 3, kind >> 4 & 3, content);
        time.rest();
        long allocated = allocation.soFar();
        observe();
        mostAllocated = Math.max(mostAllocated, delivered == 0 ? 0 : allocated / delivered);
        Finding.unless(
                begun.isEmpty() || answered.contains(begun) || counted() > counted,
                "a TC-BEGIN was neither answered nor counted");
        int unknown = line.openDialogs() - desk.openDialogs();
        Finding.unless(
                unknown >= 0 && unknown <= withoutInvoke.size(),
                "the stack holds dialogs that are not open",
                unknown);
        complaints.requireNone();
    }

    /** What a counter of the engine stands at. */
    long counted(String name) {
        return counters.value(name);
    }

    private long counted() {
        return counters.snapshot().values().stream().mapToLong(Long::longValue).sum();
    }

    private void act(int kind, int variant, int which, byte[] content) throws Exception {
        Open dialog = open.isEmpty() ? null : open.get(which % open.size());
        byte[] id = hex(dialog == null ? "7fffffff" : dialog.engines());
        String ours = dialog == null ? "0a0b" : dialog.ours();
        switch (kind) {
            case 0 -> deliver(variant, content);
            case 1 -> {
                byte[] repaired = TcapRepair.repaired(content, id);
                allocation = new Allocation(); // the repair takes more than the engine does
                deliver(variant, repaired);
            }
            case 2 -> sccp(1 + variant, content);
            case 3 -> segment(variant, content);
            case 4 -> deliver(variant, begin(variant, invoke(content)));
            case 5 -> deliver(variant, begin(variant, content));
            case 6 -> deliver(0, Ber.proceed(ours, hex(id), content));
            case 7 ->
                    deliver(
                            variant,
                            tlv(
                                    0x62,
                                    tlv(0x48, hex(fresh(variant))),
                                    content,
                                    tlv(0x6c, invoke(Ber.ussdArgument(15, "aa180c3602")))));
            case 8 -> deliver(variant, begin(variant, invoke(string(content))));
            case 9 -> {
                deliver(0, Ber.proceed(ours, hex(id), result(dialog, string(content))));
                requireMasked(dialog, content);
            }
            case 10 -> deliver(0, tlv(0x64, tlv(0x49, id), tlv(0x6c, content)));
            case 11 -> deliver(0, tlv(0x67, tlv(0x49, id), content));
            case 12 ->
                    line.tell(octet(content, 0) % 5, 1 + octet(content, 1) % 2, octet(content, 2));
            case 13 -> time.pass(Duration.ofMillis(octet(content, 0) * 256L + octet(content, 1)));
            case 14 -> undelivered(content);
            default -> m3ua(variant, content);
        }
    }

    /** What was answered to a secret menu is in no trace. */
    private void requireMasked(Open dialog, byte[] content) {
        String secret = content.length < LEAST_SECRET ? "" : hex(content).substring(2);
        // Asterisks are what takes its place.
        boolean clear = !secret.contains("aa") && !secret.contains("2a");
        if (dialog != null && dialog.secret() && !secret.isEmpty() && clear) {
            traced.forEach(
                    part ->
                            Finding.unless(
                                    !hex(part).contains(secret),
                                    "a secret answer is in clear in a trace"));
        }
    }

    private static int octet(byte[] content, int at) {
        return at < content.length ? content[at] & 0xff : 0;
    }

    private String fresh(int variant) {
        String id = "%08x".formatted(0x0a000000 + (++dialogs & 0xffffff));
        begun = variant < 2 ? id : "";
        return id;
    }

    private byte[] begin(int variant, byte[] components) {
        return Ber.begin(fresh(variant), Ber.DIALOGUE, components);
    }

    private static byte[] invoke(byte[] argument) {
        return Ber.invoke(3, 59, argument);
    }

    /** A USSD argument of a data coding scheme, and the octets of a string. */
    private static byte[] string(byte[] content) {
        return tlv(
                0x30,
                tlv(0x04, content.length == 0 ? content : new byte[] {content[0]}),
                tlv(0x04, Arrays.copyOfRange(content, Math.min(1, content.length), content.length)),
                hex("8007917267415827f2"));
    }

    private static byte[] result(Open dialog, byte[] argument) {
        int invokeId = dialog == null ? 1 : dialog.invokeId();
        return tlv(0xa2, tlv(0x02, Ber.octet(invokeId)), tlv(0x30, hex("02013c"), argument));
    }

    /** TCAP to the engine, in one UDT or cut into segments. */
    private void deliver(int variant, byte[] tcap) {
        if (tcap.length <= MAX_UDT) {
            sccp(PEER_POINT, Sccp.udtReturnedOnError(CALLED[variant], Sccp.PEER, tcap));
            return;
        }
        if (variant > 1) {
            begun = "";
        }
        int segments = (tcap.length + MAX_SEGMENT - 1) / MAX_SEGMENT;
        int reference = ++dialogs;
        for (int i = 0; i < segments; i++) {
            int from = i * MAX_SEGMENT;
            byte[] part = Arrays.copyOfRange(tcap, from, Math.min(tcap.length, from + MAX_SEGMENT));
            sccp(PEER_POINT, Sccp.segment(i == 0, segments - 1 - i, reference, part));
        }
    }

    private void segment(int variant, byte[] content) {
        byte[] data = Arrays.copyOfRange(content, Math.min(2, content.length), content.length);
        byte[] whole =
                Sccp.segment(
                        variant % 2 == 0,
                        octet(content, 0) % 16,
                        octet(content, 1) % 4,
                        data.length > MAX_UDT ? Arrays.copyOf(data, MAX_UDT) : data);
        sccp(PEER_POINT, whole);
    }

    /** What the engine has sent last comes back, behind these octets or in the place of it. */
    private void undelivered(byte[] content) {
        byte[] data = Arrays.copyOfRange(content, Math.min(1, content.length), content.length);
        byte[] own =
                lastSent.length == 0 || Sccp.type(lastSent) != Sccp.UDT
                        ? data
                        : Sccp.data(lastSent);
        byte[] returned = data.length == 0 ? own : TcapRepair.repaired(data, null);
        if (returned.length <= MAX_UDT) {
            sccp(PEER_POINT, Sccp.udts(octet(content, 0), Sccp.ENGINE, Sccp.PEER, returned));
        }
    }

    private void m3ua(int variant, byte[] content) {
        switch (variant) {
            case 0 -> m3ua.read(content, this::mtp3);
            case 1 ->
                    m3ua.read(
                            M3uaMessage.data(
                                            (int) M3uaReading.ROUTING_CONTEXT,
                                            PEER_POINT,
                                            ENGINE_POINT,
                                            content)
                                    .encoded(),
                            this::mtp3);
            case 2 ->
                    m3ua.read(
                            M3uaMessage.of(
                                            ((octet(content, 0) % 5) << 8)
                                                    | (octet(content, 1) % 7),
                                            Arrays.copyOfRange(
                                                    content,
                                                    Math.min(2, content.length),
                                                    content.length))
                                    .encoded(),
                            this::mtp3);
            default -> m3ua.readStream(content, 1 + octet(content, 0) % 40, this::mtp3);
        }
    }

    private void mtp3(int serviceIndicator, int opc, int dpc, byte[] data) {
        delivered++;
        line.deliver(serviceIndicator, opc, dpc, data);
    }

    private void sccp(int from, byte[] data) {
        delivered++;
        line.deliver(SCCP, from, ENGINE_POINT, data);
    }

    /** Takes note of what the engine has said. */
    private void observe() {
        for (byte[] message = sent.poll(); message != null; message = sent.poll()) {
            lastSent = message;
            byte[] data = Sccp.data(message);
            if (Sccp.type(message) == Sccp.UDT && data[0] >= LEAST_TCAP_TAG) {
                observe(data);
            }
        }
        for (Edr record = records.poll(); record != null; record = records.poll()) {
            List<String> flaws = SPEC.check(record);
            Finding.unless(flaws.isEmpty(), "a record is not as specified", flaws, record);
        }
    }

    private void observe(byte[] tcap) {
        int kind = tcap[0] & 0xff;
        byte[] message = Ber.find(tcap, kind);
        String to = hex(Ber.find(message, 0x49));
        answered.add(to);
        open.removeIf(dialog -> dialog.ours().equals(to));
        if (kind == 0x65) {
            String engines = hex(Ber.find(message, 0x48));
            open.add(new Open(to, engines, invokeIn(message), hex(message).contains(PIN)));
            if (!has(message, 0x6c)) {
                withoutInvoke.add(engines);
            }
        }
    }

    private static boolean has(byte[] message, int tag) {
        try {
            return Ber.find(message, tag) != null;
        } catch (AssertionError none) {
            return false;
        }
    }

    /** The invoke id of its Invoke; 1 where it has none. */
    private static int invokeIn(byte[] message) {
        boolean invokes = has(message, 0x6c) && has(Ber.find(message, 0x6c), 0xa1);
        return invokes ? Ber.find(Ber.find(Ber.find(message, 0x6c), 0xa1), 0x02)[0] : 1;
    }

    /** Lets everything come to its end: nothing may be left. */
    private void end() throws Exception {
        for (int point = 1; point <= 2; point++) {
            line.tell(1, point, 0);
        }
        for (String engines : withoutInvoke) {
            deliver(0, Ber.pAbort(engines, 0));
        }
        withoutInvoke.clear();
        time.pass(LONG);
        observe();
        complaints.requireNone();
        Finding.unless(desk.openDialogs() == 0, "dialogs never end", desk.openDialogs());
        Finding.unless(line.openDialogs() == 0, "the stack keeps dialogs", line.openDialogs());
        Finding.unless(line.pendingTimers() <= OWN_TIMERS, "timers are left", line.pendingTimers());
        Map<String, Long> counted = counters.snapshot();
        long finished =
                counted.entrySet().stream()
                        .filter(e -> e.getKey().startsWith("dialogs.finished."))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        Finding.unless(
                finished == counters.value("dialogs.begun"), "the counters do not add up", counted);
        Finding.unless(counters.value("dialogs.broken") == 0, "a dialog broke", counted);
        open.clear();
        answered.clear();
        if (++inputs % INPUTS_A_LOOK == 0) {
            lookAtHeap();
        }
    }

    private void lookAtHeap() {
        System.gc();
        long now = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        Finding.unless(
                heap == 0 || now - heap < MAX_GROWTH,
                "the heap has grown, from and to octets, over inputs",
                heap,
                now,
                inputs);
        heap = heap == 0 ? now : heap;
    }

    @Override
    public void close() {
        try {
            desk.stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        line.close();
        complaints.close();
    }
}
