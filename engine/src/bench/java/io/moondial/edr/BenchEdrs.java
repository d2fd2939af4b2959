package io.moondial.edr;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** The records of one dialog with a menu, and the settings of the files they go to. */
final class BenchEdrs {
    /** How many records a flush takes: the default of the rules. */
    static final int FLUSH_EDRS = 64;

    private static final Instant AT = Instant.parse("2021-09-30T05:00:54.079Z");
    private static final String INSTANCE = "Logic-1632976990-05f220e1";

    private BenchEdrs() {}

    /** In the proportion in which a dialog writes them; 120 octets in the mean. */
    static Edr[] dialog() {
        return new Edr[] {
            Edr.builder(AT, INSTANCE, "USSD-PROCESS")
                    .text("DIRECTION", "in")
                    .text("DREF", "333:1:6")
                    .text("LRI", "1")
                    .text("LSSN", "6")
                    .text("LTID", "195c5d37")
                    .text("MSISDN", "27761485722:1:1")
                    .text("OREF", "64221420001:1:1")
                    .text("RPC", "2068")
                    .text("RRI", "1")
                    .text("RSSN", "10")
                    .text("RTID", "195c5d36")
                    .text("TEXT", "*101#")
                    .build(),
            Edr.builder(AT, INSTANCE, "USSD-REQUEST")
                    .text("DIRECTION", "out")
                    .text("TEXT", "1. Add-ons\n2. Packages\n3. Account Services\n4. Other")
                    .build(),
            Edr.builder(AT, INSTANCE, "USSD-REQUEST-R")
                    .text("CONTROLLED", "1")
                    .text("REASON", "Input")
                    .text("TEXT", "2")
                    .build(),
            Edr.builder(AT, INSTANCE, "USSD-PROCESS-R")
                    .text("TEXT", "Your balance is 12.50")
                    .build()
        };
    }

    /** The other limits are the defaults of the rules. */
    static EdrSettings settings(Path folder, int fileEdrs) {
        var stream =
                new EdrSettings.StreamSettings(
                        folder,
                        fileEdrs,
                        Duration.ofHours(1),
                        FLUSH_EDRS,
                        Duration.ofSeconds(10),
                        false,
                        FileMode.DEFAULT);
        return new EdrSettings(
                "Logic",
                Duration.ofSeconds(15),
                100_000,
                EdrSettings.WhenFull.REFUSE_DIALOGS,
                folder,
                stream,
                Map.of());
    }
}
