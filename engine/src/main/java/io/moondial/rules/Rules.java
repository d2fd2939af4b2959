package io.moondial.rules;

import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.ss7.TcapLimits;
import io.moondial.edr.EdrSettings;
import io.moondial.script.ScriptSettings;
import io.moondial.script.api.Backends;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole effective configuration: what the rules file says, and the default where it says
 * nothing. Paths are resolved against the file's folder.
 *
 * @param file where it was read from
 * @param process the service of mobile-initiated USSD
 * @param inboundNotify the service of inbound notifies; null: there is none
 * @param modules the sections of modules that have a backend
 */
public record Rules(
        Path file,
        ProcessSettings process,
        @Nullable NotifySettings inboundNotify,
        ScriptSettings script,
        DialogSettings dialogs,
        EdrSettings edr,
        Network network,
        ControlSettings control,
        LogSettings log,
        Backends.Settings modules) {

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
                log,
                modules);
    }

    /** The same, but for a network in memory in the place of what they name. */
    public Rules inMemory() {
        return on(new Network.Embedded(network.ssns(), network.tcap()));
    }

    /** The same, on another network. */
    public Rules on(Network other) {
        return new Rules(
                file, process, inboundNotify, script, dialogs, edr, other, control, log, modules);
    }

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
}
