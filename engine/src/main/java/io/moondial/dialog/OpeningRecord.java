package io.moondial.dialog;

/** The record that tells how a dialog began. */
final class OpeningRecord {
    private OpeningRecord() {}

    static void write(DialogSetup setup, Dialog.Step step) {
        Opening opening = setup.opening();
        if (setup.isNotify()) {
            step.record("USSD-NOTIFY", "DIRECTION", "in", "TEXT", opening.written());
            return;
        }
        Party local = opening.local();
        Party remote = opening.remote();
        step.record(
                "USSD-PROCESS",
                "DIRECTION",
                "in",
                "DREF",
                opening.destination(),
                "LGTD",
                local.globalTitle(),
                "LPC",
                local.pointCode(),
                "LRI",
                local.routingIndicator(),
                "LSSN",
                local.ssn(),
                "LTID",
                opening.localTid(),
                "MSISDN",
                opening.msisdn(),
                "OREF",
                opening.origination(),
                "RGTD",
                remote.globalTitle(),
                "RPC",
                remote.pointCode(),
                "RRI",
                remote.routingIndicator(),
                "RSSN",
                remote.ssn(),
                "RTID",
                opening.remoteTid(),
                "TEXT",
                opening.written());
    }
}
