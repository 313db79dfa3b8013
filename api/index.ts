import { mutatingAdmissionPolicy } from './admissionregistration.k8s.io/v1/mutatingadmissionpolicy.ts';
import { mutatingAdmissionPolicyBinding } from './admissionregistration.k8s.io/v1/mutatingadmissionpolicybinding.ts';
import { mutatingWebhookConfiguration } from './admissionregistration.k8s.io/v1/mutatingwebhookconfiguration.ts';
import { validatingAdmissionPolicy } from './admissionregistration.k8s.io/v1/validatingadmissionpolicy.ts';
import { validatingAdmissionPolicyBinding } from './admissionregistration.k8s.io/v1/validatingadmissionpolicybinding.ts';
import { validatingWebhookConfiguration } from './admissionregistration.k8s.io/v1/validatingwebhookconfiguration.ts';
import { customResourceDefinition } from './apiextensions.k8s.io/v1/customresourcedefinition.ts';
import { apiService } from './apiregistration.k8s.io/v1/apiservice.ts';
import { controllerRevision } from './apps/v1/controllerrevision.ts';
import { daemonSet } from './apps/v1/daemonset.ts';
import { deployment } from './apps/v1/deployment.ts';
import { replicaSet } from './apps/v1/replicaset.ts';
import { statefulSet } from './apps/v1/statefulset.ts';
import { selfSubjectReview } from './authentication.k8s.io/v1/selfsubjectreview.ts';
import { tokenReview } from './authentication.k8s.io/v1/tokenreview.ts';
import { localSubjectAccessReview } from './authorization.k8s.io/v1/localsubjectaccessreview.ts';
import { selfSubjectAccessReview } from './authorization.k8s.io/v1/selfsubjectaccessreview.ts';
import { selfSubjectRulesReview } from './authorization.k8s.io/v1/selfsubjectrulesreview.ts';
import { subjectAccessReview } from './authorization.k8s.io/v1/subjectaccessreview.ts';
import { horizontalPodAutoscaler as horizontalPodAutoscalerautoscalingv1 } from './autoscaling/v1/horizontalpodautoscaler.ts';
import { horizontalPodAutoscaler } from './autoscaling/v2/horizontalpodautoscaler.ts';
import { cronJob } from './batch/v1/cronjob.ts';
import { job } from './batch/v1/job.ts';
import { certificateSigningRequest } from './certificates.k8s.io/v1/certificatesigningrequest.ts';
import { lease } from './coordination.k8s.io/v1/lease.ts';
import { binding } from './core/v1/binding.ts';
import { componentStatus } from './core/v1/componentstatus.ts';
import { configMap } from './core/v1/configmap.ts';
import { endpoints } from './core/v1/endpoints.ts';
import { event } from './core/v1/event.ts';
import { limitRange } from './core/v1/limitrange.ts';
import { namespace } from './core/v1/namespace.ts';
import { node } from './core/v1/node.ts';
import { persistentVolume } from './core/v1/persistentvolume.ts';
import { persistentVolumeClaim } from './core/v1/persistentvolumeclaim.ts';
import { pod } from './core/v1/pod.ts';
import { podTemplate } from './core/v1/podtemplate.ts';
import { replicationController } from './core/v1/replicationcontroller.ts';
import { resourceQuota } from './core/v1/resourcequota.ts';
import { secret } from './core/v1/secret.ts';
import { service } from './core/v1/service.ts';
import { serviceAccount } from './core/v1/serviceaccount.ts';
import type { ResourceDefinition } from './define.ts';
import { endpointSlice } from './discovery.k8s.io/v1/endpointslice.ts';
import { event as eventeventsv1 } from './events.k8s.io/v1/event.ts';
import { flowSchema } from './flowcontrol.apiserver.k8s.io/v1/flowschema.ts';
import { priorityLevelConfiguration } from './flowcontrol.apiserver.k8s.io/v1/prioritylevelconfiguration.ts';
import { ingress } from './networking.k8s.io/v1/ingress.ts';
import { ingressClass } from './networking.k8s.io/v1/ingressclass.ts';
import { ipAddress } from './networking.k8s.io/v1/ipaddress.ts';
import { networkPolicy } from './networking.k8s.io/v1/networkpolicy.ts';
import { serviceCIDR } from './networking.k8s.io/v1/servicecidr.ts';
import { runtimeClass } from './node.k8s.io/v1/runtimeclass.ts';
import { podDisruptionBudget } from './policy/v1/poddisruptionbudget.ts';
import { clusterRole } from './rbac.authorization.k8s.io/v1/clusterrole.ts';
import { clusterRoleBinding } from './rbac.authorization.k8s.io/v1/clusterrolebinding.ts';
import { role } from './rbac.authorization.k8s.io/v1/role.ts';
import { roleBinding } from './rbac.authorization.k8s.io/v1/rolebinding.ts';
import { deviceClass } from './resource.k8s.io/v1/deviceclass.ts';
import { resourceClaim } from './resource.k8s.io/v1/resourceclaim.ts';
import { resourceClaimTemplate } from './resource.k8s.io/v1/resourceclaimtemplate.ts';
import { resourceSlice } from './resource.k8s.io/v1/resourceslice.ts';
import { priorityClass } from './scheduling.k8s.io/v1/priorityclass.ts';
import { csiDriver } from './storage.k8s.io/v1/csidriver.ts';
import { csiNode } from './storage.k8s.io/v1/csinode.ts';
import { csiStorageCapacity } from './storage.k8s.io/v1/csistoragecapacity.ts';
import { storageClass } from './storage.k8s.io/v1/storageclass.ts';
import { volumeAttachment } from './storage.k8s.io/v1/volumeattachment.ts';
import { volumeAttributesClass } from './storage.k8s.io/v1/volumeattributesclass.ts';

export const definitions: readonly ResourceDefinition[] = [
  binding,
  componentStatus,
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolumeClaim,
  persistentVolume,
  pod,
  podTemplate,
  replicationController,
  resourceQuota,
  secret,
  serviceAccount,
  service,
  apiService,
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  eventeventsv1,
  selfSubjectReview,
  tokenReview,
  localSubjectAccessReview,
  selfSubjectAccessReview,
  selfSubjectRulesReview,
  subjectAccessReview,
  horizontalPodAutoscaler,
  horizontalPodAutoscalerautoscalingv1,
  cronJob,
  job,
  certificateSigningRequest,
  ingressClass,
  ingress,
  ipAddress,
  networkPolicy,
  serviceCIDR,
  podDisruptionBudget,
  clusterRoleBinding,
  clusterRole,
  roleBinding,
  role,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  mutatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,
  customResourceDefinition,
  priorityClass,
  lease,
  runtimeClass,
  endpointSlice,
  deviceClass,
  resourceClaim,
  resourceClaimTemplate,
  resourceSlice,
  flowSchema,
  priorityLevelConfiguration,
];
