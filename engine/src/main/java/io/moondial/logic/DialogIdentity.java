package io.moondial.logic;

/**
 * What a dialog is called in logs: the instance id of its EDRs, our transaction id as a trace shows
 * it, and its script.
 */
record DialogIdentity(String instanceId, String localTid, String script) {
    @Override
    public String toString() {
        return instanceId + ' ' + localTid + ' ' + script;
    }
}
