package io.moondial.rules;

import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.dialog.OnError;
import io.moondial.edr.EdrSettings;
import io.moondial.script.ScriptLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole effective configuration: what the rules file says, and the default where it says
 * nothing. Paths are resolved against the file's folder.
 *
 * @param file where it was read from
 * @param process the service of mobile-initiated USSD
 * @param inboundNotify the service of inbound notifies; null: there is none
 */
public record Rules(
        Path file,
        ProcessService process,
        @Nullable NotifyService inboundNotify,
        Script script,
        Dialogs dialogs,
        EdrSettings edr,
        Network network,
        Control control,
        Log log) {

    /** The same, with the EDR files of every stream in one folder. */
    public Rules withEdrsIn(Path folder) {
        return new Rules(
                file,
                process,
                inboundNotify,
                script,
                dialogs,
                edr.in(folder),
                network,
                control,
                log);
    }

    /** The same, but for a network in memory in the place of what they name. */
    public Rules inMemory() {
        return on(new Network.Embedded(network.ssns(), network.tcap()));
    }

    /** The same, on another network. */
    public Rules on(Network other) {
        return new Rules(file, process, inboundNotify, script, dialogs, edr, other, control, log);
    }

    /**
     * ProcessUssdLuaService.
     *
     * @param menuTimeout how long a menu waits where neither trigger nor script says otherwise
     * @param errorMessage sent where a script ends without a usable text
     * @param onError what is sent where a script fails by its own fault
     * @param dcsLanguage 0 to 15, of the data coding scheme that texts are sent under (3GPP TS
     *     23.038 clause 5)
     * @param edrStream the stream of its records
     * @param globals read-only Lua globals: strings, Long, Double, Boolean, lists and maps of them
     */
    public record ProcessService(
            Path scriptDir,
            Duration menuTimeout,
            String errorMessage,
            OnError onError,
            int dcsLanguage,
            String edrStream,
            TriggerTable triggers,
            Map<String, Object> globals) {}

    /** UssdNotifyLuaService; as {@link ProcessService}. */
    public record NotifyService(
            Path scriptDir, String edrStream, TriggerTable triggers, Map<String, Object> globals) {}

    /**
     * What every script runs under.
     *
     * @param reloadInterval how often the files are looked at for a change
     * @param limits where a trigger names none of its own
     * @param graceTime how long a script may go on once the far side has ended its dialog
     * @param breaker when a script that its limits keep ending is switched off
     * @param shares what a script may take of what all share
     */
    public record Script(
            Duration reloadInterval,
            ScriptLimits limits,
            Duration graceTime,
            Breaker breaker,
            Shares shares) {}

    /**
     * What a script may take of what all share.
     *
     * @param maxLogLines of one level in a second; more are counted
     * @param maxStatNames that it counts under; what is under more is counted under one name
     * @param maxStatNamesInAll of all scripts together
     */
    public record Shares(int maxLogLines, int maxStatNames, int maxStatNamesInAll) {
        /** Where nothing else is said. */
        public static final Shares DEFAULTS = new Shares(1000, 200, 10_000);
    }

    /**
     * When a version of a script that its limits keep ending is switched off.
     *
     * @param maxKills at this many ends by a limit
     * @param within in this time
     * @param pause for so long, unless a reload comes first
     */
    public record Breaker(int maxKills, Duration within, Duration pause) {}

    /**
     * Dialogs as a whole.
     *
     * @param max how many may be open; more are refused, and the open ones untouched
     * @param maxHeapPercent of the heap that a collection may leave in use; from then on new ones
     *     are refused
     * @param stopTimeout how long a stop waits for the open ones to finish
     */
    public record Dialogs(int max, int maxHeapPercent, Duration stopTimeout) {}

    /** Where dialogs come from. */
    public sealed interface Network {
        /** The subsystems of the engine's. */
        List<Integer> ssns();

        /** What the TCAP layer is told. */
        TcapLimits tcap();

        /** Two stacks in memory. */
        record Embedded(List<Integer> ssns, TcapLimits tcap) implements Network {
            public Embedded {
                ssns = List.copyOf(ssns);
            }
        }

        /** A real signalling network. */
        record Sigtran(SigtranSettings settings, TcapLimits tcap) implements Network {
            @Override
            public List<Integer> ssns() {
                return settings.ssns();
            }
        }
    }

    /**
     * The local socket through which a running engine is asked.
     *
     * @param maxConnections how many may be open at once
     * @param timeout how long a request and its answer may take
     * @param reconcileInterval how often counts that should agree are compared
     * @param reconcileLooks so many times in a row they must differ before that is told
     */
    public record Control(
            Path socket,
            int maxConnections,
            Duration timeout,
            Duration reconcileInterval,
            int reconcileLooks) {}

    /** What is logged: error, warn, info, debug or trace, and all above it. */
    public record Log(String level) {}
}
