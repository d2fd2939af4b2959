package io.moondial.rules;

import io.moondial.channel.ss7.Guards;
import io.moondial.channel.ss7.OriginCheck;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.config.Section;
import io.moondial.config.ValueType;
import io.moondial.rules.Rules.Network;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The section of the network: one of two, and the TCAP layer of either. */
final class NetworkReader {
    /** By how many dialogs more the stack's limit lies above the engine's, where nobody says. */
    private static final int HEADROOM = 10_000;

    private static final int MAX_DIALOGS = 20_000_000;
    private static final ValueType<Long> TID = ValueType.wholeNumber(1, TcapLimits.MAX_TID);

    private static final ValueType<OriginCheck> ORIGIN_CHECK =
            Words.choice(OriginCheck.values(), OriginCheck::word);

    /** Answers per second. */
    private static final ValueType<Integer> RATE = ValueType.wholeNumber(0, 1_000_000);

    private static final ValueType<Integer> REASSEMBLIES = ValueType.wholeNumber(1, 1_000_000);

    private static final ValueType<Integer> WITHOUT_INVOKE = ValueType.wholeNumber(0, 1_000_000);

    private NetworkReader() {}

    static Network read(Section network, DialogSettings dialogs) {
        Section tcapSection = network.section("tcap");
        Guards guards = guards(tcapSection, network.section("sccp"));
        TcapLimits tcap = tcap(tcapSection, dialogs, guards);
        Optional<Section> sigtran = network.sectionIfGiven("sigtran");
        Optional<Section> embedded = network.sectionIfGiven("embedded");
        if (sigtran.isPresent() && embedded.isPresent()) {
            network.refuse(
                    "sigtran", "there can be only one network: remove this one, or embedded");
        }
        Network inMemory = embedded(embedded.orElseGet(() -> network.section("embedded")), tcap);
        return sigtran.<Network>map(it -> new Network.Sigtran(SigtranReader.read(it), tcap))
                .orElse(inMemory);
    }

    private static Network embedded(Section embedded, TcapLimits tcap) {
        return new Network.Embedded(
                embedded.distinct("ssns", SigtranReader.SUBSYSTEM, List.of(6, 147)), tcap);
    }

    private static Guards guards(Section tcap, Section sccp) {
        Guards usual = Guards.DEFAULT;
        return new Guards(
                tcap.find("origin_check", ORIGIN_CHECK, usual.originCheck()),
                tcap.find("max_unknown_id_answers", RATE, usual.unknownIdAnswers()),
                tcap.find(
                        "max_unknown_id_answers_per_far_end",
                        RATE,
                        usual.unknownIdAnswersPerFarEnd()),
                sccp.find("max_reassemblies", REASSEMBLIES, usual.reassemblies()),
                sccp.find(
                        "max_reassemblies_per_far_end",
                        REASSEMBLIES,
                        usual.reassembliesPerFarEnd()),
                tcap.find(
                        "first_invoke_timeout",
                        ValueType.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
                        usual.firstInvokeTimeout()),
                tcap.find("max_without_invoke", WITHOUT_INVOKE, usual.withoutInvoke()));
    }

    /** Values that are allowed each by itself may not go together: then all are as if left out. */
    private static TcapLimits tcap(Section tcap, DialogSettings dialogs, Guards guards) {
        int fallback = dialogs.max() + HEADROOM;
        int maxDialogs = tcap.find("max_dialogs", ValueType.wholeNumber(1, MAX_DIALOGS), fallback);
        Duration idle =
                tcap.find(
                        "dialog_idle_timeout",
                        ValueType.duration(Duration.ofMinutes(1), Duration.ofDays(24)),
                        TcapLimits.IDLE_TIMEOUT);
        Duration invoke =
                tcap.find(
                        "invoke_timeout",
                        ValueType.duration(Duration.ZERO, Duration.ofDays(24)),
                        Duration.ZERO);
        long first = tcap.find("first_tid", TID, 1L);
        long last = tcap.find("last_tid", TID, TcapLimits.MAX_TID);
        boolean sound = true;
        if (maxDialogs <= dialogs.max()) {
            tcap.refuse(
                    "max_dialogs",
                    "found %d; it must be more than dialogs.max, which is %d; otherwise the stack refuses dialogs before the engine does"
                            .formatted(maxDialogs, dialogs.max()));
            sound = false;
        }
        if (invoke.compareTo(idle) > 0) {
            tcap.refuse(
                    "invoke_timeout",
                    "it must not be longer than dialog_idle_timeout, which is "
                            + idle.toMinutes()
                            + "m");
            sound = false;
        }
        if (last - first < TcapLimits.minSpan(maxDialogs)) {
            tcap.refuse(
                    "last_tid",
                    "from first_tid to last_tid are %d ids; for max_dialogs %d there must be at least %d"
                            .formatted(last - first, maxDialogs, TcapLimits.minSpan(maxDialogs)));
            sound = false;
        }
        return sound
                ? new TcapLimits(maxDialogs, idle, invoke, first, last, guards)
                : TcapLimits.of(fallback, guards);
    }
}
