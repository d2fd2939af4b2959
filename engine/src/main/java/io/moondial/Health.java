package io.moondial;

import io.moondial.admin.EngineStatus;
import io.moondial.admin.EngineStatus.ReloadStatus;
import io.moondial.admin.HealthResource.Check;
import io.moondial.channel.LinkStatus;
import io.moondial.edr.EdrApp.StreamStatus;
import io.moondial.edr.EdrSettings.WhenFull;
import io.moondial.metrics.Series;
import java.time.Duration;
import java.util.List;

/** Whether an engine lives, and whether it is ready, check by check. */
final class Health {
    /** What is measured every ten seconds has been measured within this time. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final String DIALOGS = "dialogs";

    private Health() {}

    /**
     * Whether the process works at all. Timeouts of menus, and of everything else, are alarms of
     * one thread, which also measures: if that stands still, the engine is of no use.
     */
    static List<Check> live(Series series) {
        Duration age = series.age();
        return List.of(
                new Check(
                        "alarms",
                        age.compareTo(PATIENCE) < 0,
                        "the engine's alarms rang last %d s ago".formatted(age.toSeconds())));
    }

    /** Whether dialogs can come, their records are written, and the files are in service. */
    static List<Check> ready(
            EngineStatus.Phase phase,
            List<LinkStatus> links,
            List<StreamStatus> streams,
            ReloadStatus reload) {
        return List.of(dialogs(phase, streams), links(links), records(streams), rules(reload));
    }

    private static Check dialogs(EngineStatus.Phase phase, List<StreamStatus> streams) {
        if (phase != EngineStatus.Phase.RUNNING) {
            return new Check(
                    DIALOGS,
                    false,
                    "the engine is %s, and takes no dialogs".formatted(phase.word()));
        }
        for (StreamStatus stream : streams) {
            if (stream.full() == WhenFull.REFUSE_DIALOGS) {
                return new Check(
                        DIALOGS,
                        false,
                        "new dialogs are refused with error 34: %d of %d records of the stream %s wait to be written"
                                .formatted(stream.backlog(), stream.limit(), stream.stream()));
            }
        }
        return new Check(DIALOGS, true, "dialogs are taken");
    }

    private static Check links(List<LinkStatus> links) {
        long active =
                links.stream()
                        .filter(LinkStatus::isActive)
                        .map(LinkStatus::applicationServer)
                        .distinct()
                        .count();
        return new Check(
                "links",
                links.isEmpty() || active > 0,
                links.isEmpty()
                        ? "the network is embedded, there are no links"
                        : active == 0
                                ? "no application server is active: no dialog can come"
                                : "%d application servers are active".formatted(active));
    }

    private static Check records(List<StreamStatus> streams) {
        List<String> failing =
                streams.stream()
                        .filter(it -> it.failure() != null || it.full() != null)
                        .map(StreamStatus::stream)
                        .toList();
        return new Check(
                "edrs",
                failing.isEmpty(),
                failing.isEmpty()
                        ? "EDRs are written"
                        : "EDRs of these streams are not written: " + String.join(", ", failing));
    }

    /** What waits for a restart is no reason not to be ready: the restart is. */
    private static Check rules(ReloadStatus reload) {
        boolean differ = reload.refusal() != null || reload.keptAt() != null;
        return new Check(
                "rules",
                !differ,
                differ
                        ? "the rules and scripts in service are not those on the disk, which are broken; ussd check shows why"
                        : "the rules and scripts on the disk are in service");
    }
}
