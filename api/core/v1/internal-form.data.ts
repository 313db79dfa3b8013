/**
 * The fields of Go's internal structs that messages print, in order: `GoName:kind`, `GoName=jsonName:kind` where the JSON name is not
 * the Go name with a small first letter, `...Struct` for an embedded one. Kinds: s string, i integer, b boolean, q quantity,
 * a anything, p pointer, l list, m map, #Struct.
 */
export const internalStructs: Readonly<Record<string, string>> = {
  AWSElasticBlockStoreVolumeSource: 'VolumeID:s FSType=fsType:s Partition:i ReadOnly:b',
  Affinity: 'NodeAffinity:p#NodeAffinity PodAffinity:p#PodAffinity PodAntiAffinity:p#PodAntiAffinity',
  AppArmorProfile: 'Type:s LocalhostProfile:ps',
  AzureDiskVolumeSource: 'DiskName:s DataDiskURI=diskURI:s CachingMode:ps FSType=fsType:ps ReadOnly:pb Kind:ps',
  AzureFilePersistentVolumeSource: 'SecretName:s ShareName:s ReadOnly:b SecretNamespace:ps',
  AzureFileVolumeSource: 'SecretName:s ShareName:s ReadOnly:b',
  CSIPersistentVolumeSource:
    'Driver:s VolumeHandle:s ReadOnly:b FSType=fsType:s VolumeAttributes:ms ControllerPublishSecretRef:p#SecretReference NodeStageSecretRef:p#SecretReference NodePublishSecretRef:p#SecretReference ControllerExpandSecretRef:p#SecretReference NodeExpandSecretRef:p#SecretReference',
  CSIVolumeSource: 'Driver:s ReadOnly:pb FSType=fsType:ps VolumeAttributes:ms NodePublishSecretRef:p#LocalObjectReference',
  Capabilities: 'Add:ls Drop:ls',
  CephFSPersistentVolumeSource: 'Monitors:ls Path:s User:s SecretFile:s SecretRef:p#SecretReference ReadOnly:b',
  CephFSVolumeSource: 'Monitors:ls Path:s User:s SecretFile:s SecretRef:p#LocalObjectReference ReadOnly:b',
  CinderPersistentVolumeSource: 'VolumeID:s FSType=fsType:s ReadOnly:b SecretRef:p#SecretReference',
  CinderVolumeSource: 'VolumeID:s FSType=fsType:s ReadOnly:b SecretRef:p#LocalObjectReference',
  ClusterTrustBundleProjection: 'Name:ps SignerName:ps LabelSelector:pa Optional:pb Path:s',
  ConfigMapEnvSource: '...LocalObjectReference Optional:pb',
  ConfigMapKeySelector: '...LocalObjectReference Key:s Optional:pb',
  ConfigMapProjection: '...LocalObjectReference Items:l#KeyToPath Optional:pb',
  ConfigMapVolumeSource: '...LocalObjectReference Items:l#KeyToPath DefaultMode:pi Optional:pb',
  Container:
    'Name:s Image:s Command:ls Args:ls WorkingDir:s Ports:l#ContainerPort EnvFrom:l#EnvFromSource Env:l#EnvVar Resources:#ResourceRequirements ResizePolicy:l#ContainerResizePolicy RestartPolicy:ps RestartPolicyRules:l#ContainerRestartRule VolumeMounts:l#VolumeMount VolumeDevices:l#VolumeDevice LivenessProbe:p#Probe ReadinessProbe:p#Probe StartupProbe:p#Probe Lifecycle:p#Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:p#SecurityContext Stdin:b StdinOnce:b TTY=tty:b',
  ContainerPort: 'Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s',
  ContainerResizePolicy: 'ResourceName:s RestartPolicy:s',
  ContainerRestartRule: 'Action:s ExitCodes:p#ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator:s Values:li',
  DownwardAPIProjection: 'Items:l#DownwardAPIVolumeFile',
  DownwardAPIVolumeFile: 'Path:s FieldRef:p#ObjectFieldSelector ResourceFieldRef:p#ResourceFieldSelector Mode:pi',
  DownwardAPIVolumeSource: 'Items:l#DownwardAPIVolumeFile DefaultMode:pi',
  EmptyDirVolumeSource: 'Medium:s SizeLimit:pq',
  EnvFromSource: 'Prefix:s ConfigMapRef:p#ConfigMapEnvSource SecretRef:p#SecretEnvSource',
  EnvVar: 'Name:s Value:s ValueFrom:p#EnvVarSource',
  EnvVarSource:
    'FieldRef:p#ObjectFieldSelector ResourceFieldRef:p#ResourceFieldSelector ConfigMapKeyRef:p#ConfigMapKeySelector SecretKeyRef:p#SecretKeySelector FileKeyRef:p#FileKeySelector',
  EphemeralContainer: '...EphemeralContainerCommon TargetContainerName:s',
  EphemeralContainerCommon:
    'Name:s Image:s Command:ls Args:ls WorkingDir:s Ports:l#ContainerPort EnvFrom:l#EnvFromSource Env:l#EnvVar Resources:#ResourceRequirements ResizePolicy:l#ContainerResizePolicy RestartPolicy:ps RestartPolicyRules:l#ContainerRestartRule VolumeMounts:l#VolumeMount VolumeDevices:l#VolumeDevice LivenessProbe:p#Probe ReadinessProbe:p#Probe StartupProbe:p#Probe Lifecycle:p#Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:p#SecurityContext Stdin:b StdinOnce:b TTY=tty:b',
  EphemeralVolumeSource: 'VolumeClaimTemplate:p#PersistentVolumeClaimTemplate',
  ExecAction: 'Command:ls',
  FCVolumeSource: 'TargetWWNs:ls Lun:pi FSType=fsType:s ReadOnly:b WWIDs=wwids:ls',
  FileKeySelector: 'VolumeName:s Path:s Key:s Optional:pb',
  FlexPersistentVolumeSource: 'Driver:s FSType=fsType:s SecretRef:p#SecretReference ReadOnly:b Options:ms',
  FlexVolumeSource: 'Driver:s FSType=fsType:s SecretRef:p#LocalObjectReference ReadOnly:b Options:ms',
  FlockerVolumeSource: 'DatasetName:s DatasetUUID:s',
  GCEPersistentDiskVolumeSource: 'PDName=pdName:s FSType=fsType:s Partition:i ReadOnly:b',
  GRPCAction: 'Port:i Service:ps',
  GitRepoVolumeSource: 'Repository:s Revision:s Directory:s',
  GlusterfsPersistentVolumeSource: 'EndpointsName=endpoints:s Path:s ReadOnly:b EndpointsNamespace:ps',
  GlusterfsVolumeSource: 'EndpointsName=endpoints:s Path:s ReadOnly:b',
  HTTPGetAction: 'Path:s Port:a Host:s Scheme:s HTTPHeaders=httpHeaders:l#HTTPHeader',
  HTTPHeader: 'Name:s Value:s',
  HostAlias: 'IP=ip:s Hostnames:ls',
  HostPathVolumeSource: 'Path:s Type:ps',
  ISCSIPersistentVolumeSource:
    'TargetPortal:s IQN=iqn:s Lun:i ISCSIInterface=iscsiInterface:s FSType=fsType:s ReadOnly:b Portals:ls DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:p#SecretReference InitiatorName:ps',
  ISCSIVolumeSource:
    'TargetPortal:s IQN=iqn:s Lun:i ISCSIInterface=iscsiInterface:s FSType=fsType:s ReadOnly:b Portals:ls DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:p#LocalObjectReference InitiatorName:ps',
  ImageVolumeSource: 'Reference:s PullPolicy:s',
  KeyToPath: 'Key:s Path:s Mode:pi',
  Lifecycle: 'PostStart:p#LifecycleHandler PreStop:p#LifecycleHandler StopSignal:ps',
  LifecycleHandler: 'Exec:p#ExecAction HTTPGet=httpGet:p#HTTPGetAction TCPSocket=tcpSocket:p#TCPSocketAction Sleep:p#SleepAction',
  LocalObjectReference: 'Name:s',
  LocalVolumeSource: 'Path:s FSType=fsType:ps',
  NFSVolumeSource: 'Server:s Path:s ReadOnly:b',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:p#NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:l#PreferredSchedulingTerm',
  NodeSelector: 'NodeSelectorTerms:l#NodeSelectorTerm',
  NodeSelectorRequirement: 'Key:s Operator:s Values:ls',
  NodeSelectorTerm: 'MatchExpressions:l#NodeSelectorRequirement MatchFields:l#NodeSelectorRequirement',
  ObjectFieldSelector: 'APIVersion=apiVersion:s FieldPath:s',
  ObjectReference: 'Kind:s Namespace:s Name:s UID=uid:s APIVersion=apiVersion:s ResourceVersion:s FieldPath:s',
  PersistentVolumeClaimSpec:
    'AccessModes:ls Selector:pa Resources:#VolumeResourceRequirements VolumeName:s StorageClassName:ps VolumeMode:ps DataSource:p#TypedLocalObjectReference DataSourceRef:p#TypedObjectReference VolumeAttributesClassName:ps',
  PersistentVolumeClaimTemplate: 'Spec:#PersistentVolumeClaimSpec',
  PersistentVolumeClaimVolumeSource: 'ClaimName:s ReadOnly:b',
  PersistentVolumeSource:
    'GCEPersistentDisk=gcePersistentDisk:p#GCEPersistentDiskVolumeSource AWSElasticBlockStore=awsElasticBlockStore:p#AWSElasticBlockStoreVolumeSource HostPath:p#HostPathVolumeSource Glusterfs:p#GlusterfsPersistentVolumeSource NFS=nfs:p#NFSVolumeSource RBD=rbd:p#RBDPersistentVolumeSource Quobyte:p#QuobyteVolumeSource ISCSI=iscsi:p#ISCSIPersistentVolumeSource FlexVolume:p#FlexPersistentVolumeSource Cinder:p#CinderPersistentVolumeSource CephFS=cephfs:p#CephFSPersistentVolumeSource FC=fc:p#FCVolumeSource Flocker:p#FlockerVolumeSource AzureFile:p#AzureFilePersistentVolumeSource VsphereVolume:p#VsphereVirtualDiskVolumeSource AzureDisk:p#AzureDiskVolumeSource PhotonPersistentDisk:p#PhotonPersistentDiskVolumeSource PortworxVolume:p#PortworxVolumeSource ScaleIO:p#ScaleIOPersistentVolumeSource Local:p#LocalVolumeSource StorageOS=storageos:p#StorageOSPersistentVolumeSource CSI=csi:p#CSIPersistentVolumeSource',
  PhotonPersistentDiskVolumeSource: 'PdID:s FSType=fsType:s',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:l#PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:l#WeightedPodAffinityTerm',
  PodAffinityTerm: 'LabelSelector:pa Namespaces:ls TopologyKey:s NamespaceSelector:pa MatchLabelKeys:ls MismatchLabelKeys:ls',
  PodAntiAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:l#PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:l#WeightedPodAffinityTerm',
  PodCertificateProjection:
    'SignerName:s KeyType:s MaxExpirationSeconds:pi CredentialBundlePath:s KeyPath:s CertificateChainPath:s UserAnnotations:ms',
  PodDNSConfig: 'Nameservers:ls Searches:ls Options:l#PodDNSConfigOption',
  PodDNSConfigOption: 'Name:s Value:ps',
  PodOS: 'Name:s',
  PodReadinessGate: 'ConditionType:s',
  PodResourceClaim: 'Name:s ResourceClaimName:ps ResourceClaimTemplateName:ps',
  PodSchedulingGate: 'Name:s',
  PodSchedulingGroup: 'PodGroupName:ps',
  PodSecurityContext:
    'HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:pb HostUsers:pb SELinuxOptions=seLinuxOptions:p#SELinuxOptions WindowsOptions:p#WindowsSecurityContextOptions RunAsUser:pi RunAsGroup:pi RunAsNonRoot:pb SupplementalGroups:li SupplementalGroupsPolicy:ps FSGroup=fsGroup:pi FSGroupChangePolicy=fsGroupChangePolicy:ps Sysctls:l#Sysctl SeccompProfile:p#SeccompProfile AppArmorProfile:p#AppArmorProfile SELinuxChangePolicy=seLinuxChangePolicy:ps',
  PodSpec:
    'Volumes:l#Volume InitContainers:l#Container Containers:l#Container EphemeralContainers:l#EphemeralContainer RestartPolicy:s TerminationGracePeriodSeconds:pi ActiveDeadlineSeconds:pi DNSPolicy=dnsPolicy:s NodeSelector:ms ServiceAccountName:s AutomountServiceAccountToken:pb NodeName:s SecurityContext:p#PodSecurityContext ImagePullSecrets:l#LocalObjectReference Hostname:s Subdomain:s SetHostnameAsFQDN:pb Affinity:p#Affinity SchedulerName:s Tolerations:l#Toleration HostAliases:l#HostAlias PriorityClassName:s Priority:pi PreemptionPolicy:ps DNSConfig=dnsConfig:p#PodDNSConfig ReadinessGates:l#PodReadinessGate RuntimeClassName:ps Overhead:mq EnableServiceLinks:pb TopologySpreadConstraints:l#TopologySpreadConstraint OS=os:p#PodOS SchedulingGates:l#PodSchedulingGate ResourceClaims:l#PodResourceClaim Resources:p#ResourceRequirements HostnameOverride:ps SchedulingGroup:p#PodSchedulingGroup',
  PortworxVolumeSource: 'VolumeID:s FSType=fsType:s ReadOnly:b',
  PreferredSchedulingTerm: 'Weight:i Preference:#NodeSelectorTerm',
  Probe:
    '...ProbeHandler InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds:pi',
  ProbeHandler: 'Exec:p#ExecAction HTTPGet=httpGet:p#HTTPGetAction TCPSocket=tcpSocket:p#TCPSocketAction GRPC=grpc:p#GRPCAction',
  ProjectedVolumeSource: 'Sources:l#VolumeProjection DefaultMode:pi',
  QuobyteVolumeSource: 'Registry:s Volume:s ReadOnly:b User:s Group:s Tenant:s',
  RBDPersistentVolumeSource:
    'CephMonitors=monitors:ls RBDImage=image:s FSType=fsType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:p#SecretReference ReadOnly:b',
  RBDVolumeSource:
    'CephMonitors=monitors:ls RBDImage=image:s FSType=fsType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:p#LocalObjectReference ReadOnly:b',
  ResourceClaim: 'Name:s Request:s',
  ResourceFieldSelector: 'ContainerName:s Resource:s Divisor:q',
  ResourceRequirements: 'Limits:mq Requests:mq Claims:l#ResourceClaim',
  SELinuxOptions: 'User:s Role:s Type:s Level:s',
  ScaleIOPersistentVolumeSource:
    'Gateway:s System:s SecretRef:p#SecretReference SSLEnabled=sslEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType=fsType:s ReadOnly:b',
  ScaleIOVolumeSource:
    'Gateway:s System:s SecretRef:p#LocalObjectReference SSLEnabled=sslEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType=fsType:s ReadOnly:b',
  SeccompProfile: 'Type:s LocalhostProfile:ps',
  SecretEnvSource: '...LocalObjectReference Optional:pb',
  SecretKeySelector: '...LocalObjectReference Key:s Optional:pb',
  SecretProjection: '...LocalObjectReference Items:l#KeyToPath Optional:pb',
  SecretReference: 'Name:s Namespace:s',
  SecretVolumeSource: 'SecretName:s Items:l#KeyToPath DefaultMode:pi Optional:pb',
  SecurityContext:
    'Capabilities:p#Capabilities Privileged:pb SELinuxOptions=seLinuxOptions:p#SELinuxOptions WindowsOptions:p#WindowsSecurityContextOptions RunAsUser:pi RunAsGroup:pi RunAsNonRoot:pb ReadOnlyRootFilesystem:pb AllowPrivilegeEscalation:pb ProcMount:ps SeccompProfile:p#SeccompProfile AppArmorProfile:p#AppArmorProfile',
  ServiceAccountTokenProjection: 'Audience:s ExpirationSeconds:i Path:s',
  SleepAction: 'Seconds:i',
  StorageOSPersistentVolumeSource: 'VolumeName:s VolumeNamespace:s FSType=fsType:s ReadOnly:b SecretRef:p#ObjectReference',
  StorageOSVolumeSource: 'VolumeName:s VolumeNamespace:s FSType=fsType:s ReadOnly:b SecretRef:p#LocalObjectReference',
  Sysctl: 'Name:s Value:s',
  TCPSocketAction: 'Port:a Host:s',
  Toleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds:pi',
  TopologySpreadConstraint:
    'MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:pa MinDomains:pi NodeAffinityPolicy:ps NodeTaintsPolicy:ps MatchLabelKeys:ls',
  TypedLocalObjectReference: 'APIGroup=apiGroup:ps Kind:s Name:s',
  TypedObjectReference: 'APIGroup=apiGroup:ps Kind:s Name:s Namespace:ps',
  Volume: 'Name:s ...VolumeSource',
  VolumeDevice: 'Name:s DevicePath:s',
  VolumeMount: 'Name:s ReadOnly:b RecursiveReadOnly:ps MountPath:s SubPath:s MountPropagation:ps SubPathExpr:s',
  VolumeProjection:
    'Secret:p#SecretProjection DownwardAPI:p#DownwardAPIProjection ConfigMap:p#ConfigMapProjection ServiceAccountToken:p#ServiceAccountTokenProjection ClusterTrustBundle:p#ClusterTrustBundleProjection PodCertificate:p#PodCertificateProjection',
  VolumeResourceRequirements: 'Limits:mq Requests:mq',
  VolumeSource:
    'HostPath:p#HostPathVolumeSource EmptyDir:p#EmptyDirVolumeSource GCEPersistentDisk=gcePersistentDisk:p#GCEPersistentDiskVolumeSource AWSElasticBlockStore=awsElasticBlockStore:p#AWSElasticBlockStoreVolumeSource GitRepo:p#GitRepoVolumeSource Secret:p#SecretVolumeSource NFS=nfs:p#NFSVolumeSource ISCSI=iscsi:p#ISCSIVolumeSource Glusterfs:p#GlusterfsVolumeSource PersistentVolumeClaim:p#PersistentVolumeClaimVolumeSource RBD=rbd:p#RBDVolumeSource Quobyte:p#QuobyteVolumeSource FlexVolume:p#FlexVolumeSource Cinder:p#CinderVolumeSource CephFS=cephfs:p#CephFSVolumeSource Flocker:p#FlockerVolumeSource DownwardAPI:p#DownwardAPIVolumeSource FC=fc:p#FCVolumeSource AzureFile:p#AzureFileVolumeSource ConfigMap:p#ConfigMapVolumeSource VsphereVolume:p#VsphereVirtualDiskVolumeSource AzureDisk:p#AzureDiskVolumeSource PhotonPersistentDisk:p#PhotonPersistentDiskVolumeSource Projected:p#ProjectedVolumeSource PortworxVolume:p#PortworxVolumeSource ScaleIO:p#ScaleIOVolumeSource StorageOS=storageos:p#StorageOSVolumeSource CSI=csi:p#CSIVolumeSource Ephemeral:p#EphemeralVolumeSource Image:p#ImageVolumeSource',
  VsphereVirtualDiskVolumeSource: 'VolumePath:s FSType=fsType:s StoragePolicyName:s StoragePolicyID:s',
  WeightedPodAffinityTerm: 'Weight:i PodAffinityTerm:#PodAffinityTerm',
  WindowsSecurityContextOptions:
    'GMSACredentialSpecName=gmsaCredentialSpecName:ps GMSACredentialSpec=gmsaCredentialSpec:ps RunAsUserName:ps HostProcess:pb',
};
