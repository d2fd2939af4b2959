package io.moondial.rules;

import static java.util.Objects.requireNonNull;

import io.moondial.channel.embedded.EmbeddedSettings;
import io.moondial.channel.sigtran.SigtranSettings;
import io.moondial.channel.ss7.SignallingLimits;
import io.moondial.config.Checked;
import io.moondial.config.Key;
import io.moondial.config.Section;
import io.moondial.config.Settings;
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
        return on(Network.inMemory(network.ssns(), network.limits()));
    }

    /** The same, on another network. */
    public Rules on(Network other) {
        return new Rules(
                file, process, inboundNotify, script, dialogs, edr, other, control, log, modules);
    }

    /**
     * Where dialogs come from: the section {@code network}. It names one network; without any, it
     * is the embedded one.
     *
     * @param embedded two stacks in memory; null: it is another network
     * @param sigtran a real signalling network; null: it is another network
     * @param limits of the layers of either
     */
    @Settings(
            value =
                    "Where dialogs come from: embedded or sigtran, one of the two. A change waits for a restart.",
            restart = true)
    public record Network(
            @Key(
                            value =
                                    "Real TCAP and MAP in memory, without SS7 links: for development, tests and demonstrations.",
                            unsetIs = "used where sigtran is left out")
                    @Nullable EmbeddedSettings embedded,
            @Key(
                            value =
                                    "A real signalling network instead of embedded. operations.md leads through it.",
                            unsetIs = "not used")
                    @Nullable SigtranSettings sigtran,
            SignallingLimits limits)
            implements Checked {
        public Network {
            if (sigtran == null && embedded == null) {
                embedded = EmbeddedSettings.DEFAULT;
            }
        }

        /** Two stacks in memory. */
        public static Network inMemory(List<Integer> ssns, SignallingLimits limits) {
            return new Network(new EmbeddedSettings(ssns), null, limits);
        }

        /** The subsystems of the engine's. */
        public List<Integer> ssns() {
            return sigtran == null ? requireNonNull(embedded).ssns() : sigtran.ssns();
        }

        @Override
        public void check(Section network) {
            if (sigtran != null && embedded != null) {
                network.refuse(
                        "sigtran", "there can be only one network: remove this one, or embedded");
            }
        }
    }
}
