package io.moondial.channel.ss7;

import io.moondial.text.UssdString;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.MAPDialogImpl;
import org.restcomm.protocols.ss7.map.api.MAPException;
import org.restcomm.protocols.ss7.tcap.api.TCAPSendException;
import org.restcomm.protocols.ss7.tcap.asn.TcapFactory;
import org.restcomm.protocols.ss7.tcap.asn.comp.ErrorCode;
import org.restcomm.protocols.ss7.tcap.asn.comp.Invoke;
import org.restcomm.protocols.ss7.tcap.asn.comp.InvokeProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.OperationCode;
import org.restcomm.protocols.ss7.tcap.asn.comp.Parameter;
import org.restcomm.protocols.ss7.tcap.asn.comp.Problem;
import org.restcomm.protocols.ss7.tcap.asn.comp.ProblemType;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnError;
import org.restcomm.protocols.ss7.tcap.asn.comp.ReturnResultLast;

/** Our components, queued for the dialog's next message. */
final class OutgoingComponent {
    private OutgoingComponent() {}

    static void queue(MAPDialogImpl dialog, Component component) throws MAPException {
        switch (component) {
            case Component.Invoke(int id, int operation, UssdString ussd) ->
                    dialog.sendInvokeComponent(
                            invoke(dialog, id, operation, new UssdParameter(ussd, null, null)));
            case Component.Result(int id, int operation, var ussd) ->
                    dialog.sendReturnResultLastComponent(result(id, operation, ussd));
            case Component.ErrorReturned(int id, int code) -> queueError(dialog, id, code);
            case Component.Rejected(var id, String problem) -> queueReject(dialog, id);
            case Component.Undecodable u -> throw onlyReceived(u);
            case Component.UnknownInvoke u -> throw onlyReceived(u);
        }
    }

    private static IllegalArgumentException onlyReceived(Component component) {
        return new IllegalArgumentException("this is received, never sent: " + component);
    }

    static Invoke invoke(
            MAPDialogImpl dialog, int id, int operation, UssdParameter argument) {
        UssdMapProvider map = (UssdMapProvider) dialog.getService().getMAPProvider();
        Invoke invoke =
                map.getTCAPProvider().getComponentPrimitiveFactory().createTCInvokeRequest();
        invoke.setTimeout(map.invokeTimeout());
        invoke.setInvokeId((long) id);
        invoke.setOperationCode(operationCode(operation));
        invoke.setParameter(parameter(argument));
        return invoke;
    }

    private static ReturnResultLast result(int id, int operation, @Nullable UssdString ussd) {
        ReturnResultLast result = TcapFactory.createComponentReturnResultLast();
        result.setInvokeId((long) id);
        if (ussd != null) {
            result.setOperationCode(operationCode(operation));
            result.setParameter(parameter(new UssdParameter(ussd, null, null)));
        }
        return result;
    }

    private static void queueError(MAPDialogImpl dialog, int id, int code) throws MAPException {
        ReturnError error = TcapFactory.createComponentReturnError();
        error.setInvokeId((long) id);
        ErrorCode errorCode = TcapFactory.createErrorCode();
        errorCode.setLocalErrorCode((long) code);
        error.setErrorCode(errorCode);
        try {
            dialog.getTcapDialog().sendComponent(error);
        } catch (TCAPSendException e) {
            throw new MAPException(e.getMessage(), e);
        }
    }

    private static void queueReject(MAPDialogImpl dialog, @Nullable Integer id)
            throws MAPException {
        Problem problem = TcapFactory.createProblem(ProblemType.Invoke);
        problem.setInvokeProblemType(InvokeProblemType.UnrecognizedOperation);
        dialog.sendRejectComponent(id == null ? null : id.longValue(), problem);
    }

    private static OperationCode operationCode(int operation) {
        OperationCode code = TcapFactory.createOperationCode();
        code.setLocalOperationCode((long) operation);
        return code;
    }

    private static Parameter parameter(UssdParameter value) {
        Parameter parameter = TcapFactory.createParameter();
        value.write(parameter);
        return parameter;
    }
}
