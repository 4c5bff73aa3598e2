"""Events of every kind, made for now: a fleet in which everything that can go wrong has gone wrong. They come in two
waves, because a counter is born at 0 when its subject is first heard of, and counts what happens after that."""
import itertools
import time
from datetime import datetime, timezone

ACCOUNT, REGION = "111122223333", "eu-west-1"
START = time.time()
_ids = itertools.count()


# What lies back is counted from one moment, in both waves: a resource created at another time is another resource.
def _moment(seconds_ago):
    return START - seconds_ago if seconds_ago else time.time()


def iso(seconds_ago=0.0):
    return datetime.fromtimestamp(_moment(seconds_ago), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def millis(seconds_ago=0.0):
    return int(_moment(seconds_ago) * 1000)


def arn(what):
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{what}"


def event(detail_type, resource, detail, seconds_ago=0.0):
    return {"version": "0", "id": f"fleet-{next(_ids)}", "detail-type": f"SageMaker {detail_type}", "source": "aws.sagemaker",
            "account": ACCOUNT, "time": iso(seconds_ago), "region": REGION, "resources": [arn(resource)], "detail": detail}


def training(name, status, secondary=None, **detail):
    return event("Training Job State Change", f"training-job/{name}", {
        "TrainingJobName": name, "TrainingJobArn": arn(f"training-job/{name}"), "TrainingJobStatus": status,
        "SecondaryStatus": secondary or status, "CreationTime": millis(4000), "TrainingStartTime": millis(3500),
        "LastModifiedTime": millis(), "ResourceConfig": {"InstanceType": "ml.g5.2xlarge", "InstanceCount": 2},
        "AlgorithmSpecification": {"TrainingImage": "repo/resnet:3"}, "StoppingCondition": {"MaxRuntimeInSeconds": 3600}, **detail})


def other_job(kind, dashed, prefix, name, status, **detail):
    return event(f"{kind} Job State Change", f"{dashed}/{name}", {
        f"{prefix}JobName": name, f"{prefix}JobArn": arn(f"{dashed}/{name}"), f"{prefix}JobStatus": status,
        "CreationTime": millis(900), "LastModifiedTime": millis(), **detail})


def jobs(wave):
    ends = {"TrainingEndTime": millis(), "TrainingTimeInSeconds": 3400, "BillableTimeInSeconds": 1100}
    if wave == 1:
        return [training("running", "InProgress", "Training"), training("to-fail", "InProgress", "Training"),
                training("to-end", "InProgress", "Training", TuningJobArn=arn("hyper-parameter-tuning-job/sweep")),
                other_job("Processing", "processing-job", "Processing", "features", "InProgress", ProcessingStartTime=millis(800)),
                other_job("Transform", "transform-job", "Transform", "scores", "InProgress"),
                event("HyperParameter Tuning Job State Change", "hyper-parameter-tuning-job/sweep", {
                    "HyperParameterTuningJobName": "sweep", "HyperParameterTuningJobArn": arn("hyper-parameter-tuning-job/sweep"),
                    "HyperParameterTuningJobStatus": "InProgress", "CreationTime": millis(900), "LastModifiedTime": millis(),
                    "TrainingJobStatusCounters": {"Completed": 5, "InProgress": 2, "RetryableError": 1, "NonRetryableError": 3, "Stopped": 0},
                    "ObjectiveStatusCounters": {"Succeeded": 5, "Pending": 2, "Failed": 4}}),
                event("Ground Truth Labeling Job Task Status Change", "labeling-job/cats", {
                    "State": "Submitted", "labeling-job-arn": arn("labeling-job/cats")}),
                event("Model Card Export Job State Change", "model-card/card/export-job/pdf", {"Status": "InProgress"})]
    return [training("to-fail", "Failed", FailureReason="AlgorithmError: nan in loss", **ends), training("to-end", "Completed", **ends),
            training("strange", "Pondering"),
            other_job("Processing", "processing-job", "Processing", "features", "Completed",
                      ProcessingStartTime=millis(800), ProcessingEndTime=millis()),
            other_job("Transform", "transform-job", "Transform", "scores", "Stopped", TransformEndTime=millis()),
            event("Ground Truth Labeling Job State Change", "labeling-job/cats", {"LabelingJobStatus": "Completed"}),
            event("Ground Truth Labeling Job Task Status Change", "labeling-job/cats", {
                "State": "Declined", "labeling-job-arn": arn("labeling-job/cats")})]


def endpoint(name, status, kind="Endpoint State Change", current=2, desired=2, **detail):
    return event(kind, f"endpoint/{name}", {
        "EndpointName": name, "EndpointArn": arn(f"endpoint/{name}"), "EndpointConfigName": f"{name}-config-1",
        "EndpointStatus": status, "CreationTime": millis(9000), "LastModifiedTime": millis(), "Tags": {"team": "growth"},
        "ProductionVariants": [{"VariantName": "AllTraffic", "CurrentWeight": 1, "DesiredWeight": 0.5,
                                "CurrentInstanceCount": current, "DesiredInstanceCount": desired}], **detail})


def endpoints(wave):
    if wave == 1:
        return [endpoint("churn", "UPDATING"), endpoint("fraud", "UPDATING"),
                endpoint("search", "UPDATING", "Endpoint Deployment State Change", 1, 3, PendingDeploymentSummary={
                    "EndpointConfigName": "search-config-2", "StartTime": millis(120), "ProductionVariants": [{
                        "VariantName": "AllTraffic", "CurrentInstanceCount": 1, "DesiredInstanceCount": 3,
                        "VariantStatus": [{"Status": "Baking", "StartTime": millis(60)}]}]}),
                event("Endpoint Config State Change", "endpoint-config/churn-config-1", {
                    "EndpointConfigName": "churn-config-1", "EndpointConfigArn": arn("endpoint-config/churn-config-1"), "CreationTime": millis(9000)}),
                event("Model State Change", "model/churn", {
                    "ModelName": "churn", "ModelArn": arn("model/churn"), "CreationTime": millis(9000)})]
    return [endpoint("churn", "IN_SERVICE"), endpoint("fraud", "FAILED", FailureReason="the container did not answer the ping")]


def cluster(name, status, recovery="Automatic", **group):
    return event("HyperPod Cluster State Change", f"cluster/{name}", {
        "ClusterName": name, "ClusterArn": arn(f"cluster/{name}"), "ClusterStatus": status, "CreationTime": millis(9000),
        "NodeRecovery": recovery, "Orchestrator": {"Eks": {"ClusterArn": "arn:aws:eks:x"}},
        "InstanceGroups": [{"InstanceGroupName": "workers", "Status": "InService", "InstanceType": "ml.p5.48xlarge",
                            "CurrentCount": 2, "TargetCount": 2, "TrainingPlanStatus": "Active", **group}]})


def health(status, action):
    return event("HyperPod Cluster Node Health Event", "cluster/research", {
        "ClusterName": "research", "ClusterArn": arn("cluster/research"), "InstanceId": "i-0391f86fa0fe0d465",
        "HealthSummary": {"HealthStatus": status, "HealthStatusReason": "checked", "RepairAction": action}})


def cluster_event(level, number):
    return event("HyperPod Cluster Event", "cluster/research", {"EventDetails": {
        "EventId": f"83ea0bb5-be77-45e8-a458-{number:012d}", "ClusterArn": arn("cluster/research"), "ClusterName": "research",
        "InstanceGroupName": "workers", "InstanceId": "i-0391f86fa0fe0d465", "ResourceType": "Instance",
        "EventTime": millis(), "EventLevel": level, "Description": "something about the instance"}})


def clusters(wave):
    if wave == 1:
        return [cluster("research", "Updating", Status="Degraded", TargetCount=4, TrainingPlanStatus="Expired"),
                cluster("legacy", "InService", "None"), health("Healthy", "None"), cluster_event("Info", 1)]
    return [cluster("legacy", "Failed", "None"), health("Unhealthy", "None"), cluster_event("Error", 2)]


def execution(pipeline, status, run="p4jn9xou8a8s", ended=False):
    return event("Model Building Pipeline Execution Status Change", f"pipeline/{pipeline}", {
        "pipelineArn": arn(f"pipeline/{pipeline}"), "pipelineExecutionArn": arn(f"pipeline/{pipeline}/execution/{run}"),
        "pipelineExecutionDisplayName": f"{pipeline} of today", "currentPipelineExecutionStatus": status,
        "executionStartTime": iso(1200), **({"executionEndTime": iso()} if ended else {})})


def step(pipeline, name, status, ended=False, **detail):
    return event("Model Building Pipeline Execution Step Status Change", f"pipeline/{pipeline}", {
        "pipelineArn": arn(f"pipeline/{pipeline}"), "pipelineExecutionArn": arn(f"pipeline/{pipeline}/execution/p4jn9xou8a8s"),
        "stepName": name, "stepType": "Processing", "currentStepStatus": status, "stepStartTime": iso(600),
        **({"stepEndTime": iso()} if ended else {}), **detail})


def pipelines(wave):
    if wave == 1:
        return [execution("nightly", "Executing"), execution("hourly", "Executing"), execution("weekly", "Executing"),
                step("nightly", "prepare", "Executing"), step("nightly", "train", "Executing"), step("weekly", "evaluate", "Executing")]
    cached = {"cacheHitResult": {"sourcePipelineExecutionArn": arn("pipeline/nightly/execution/yesterday")}}
    return [execution("nightly", "Failed", ended=True), execution("hourly", "Succeeded", ended=True), execution("weekly", "Stopping"),
            execution("daily", "Executing"), step("nightly", "prepare", "Succeeded", True, **cached), step("nightly", "train", "Failed", True)]


def package(version, status, approval):
    return event("Model Package State Change", f"model-package/churn/{version}", {
        "ModelPackageGroupName": "churn", "ModelPackageVersion": version, "ModelPackageArn": arn(f"model-package/churn/{version}"),
        "ModelPackageStatus": status, "ModelApprovalStatus": approval, "CreationTime": iso(900), "LastModifiedTime": iso(),
        "ModelLifeCycle": {"Stage": "Development", "StageStatus": "InReview"}})


def models(wave):
    if wave == 1:
        return [package(1, "Completed", "PendingManualApproval"), package(2, "Failed", "Rejected"),
                event("Model Card State Change", "model-card/card", {
                    "ModelCardName": "card", "ModelCardVersion": 2, "ModelCardStatus": "PendingReview",
                    "ModelCardProcessingStatus": "DeleteFailed", "CreationTime": iso(900), "LastModifiedTime": iso()})]
    return [event("Algorithm State Change", "algorithm/forest", {
        "AlgorithmName": "forest", "AlgorithmArn": arn("algorithm/forest"), "AlgorithmStatus": "Failed", "CreationTime": millis(900)})]


def data(wave):
    def feature_group(name, status, offline):
        return event("Feature Group State Change", f"feature-group/{name}", {
            "FeatureGroupName": name, "FeatureGroupArn": arn(f"feature-group/{name}"), "FeatureGroupStatus": status,
            "CreationTime": millis(900), "OnlineStoreConfig": {"EnableOnlineStore": True}, "OfflineStoreConfig": {"S3StorageConfig": {}},
            "OfflineStoreStatus": {"Status": offline}})
    if wave == 1:
        return [feature_group("clicks", "Creating", "Blocked")]
    return [feature_group("orders", "CreateFailed", "Disabled"),
            event("Image State Change", "image/studio", {
                "ImageName": "studio", "ImageArn": arn("image/studio"), "ImageStatus": "CREATE_FAILED", "Version": 3.0, "CreationTime": millis(900)}),
            event("Image Version State Change", "image-version/studio/3", {
                "ImageArn": arn("image/studio"), "ImageVersionArn": arn("image-version/studio/3"), "Version": 3.0,
                "ImageVersionStatus": "CREATE_FAILED", "CreationTime": millis(900)})]


def tools(wave):
    def notebook(name, status):
        return event("Notebook Instance State Change", f"notebook-instance/{name}", {
            "NotebookInstanceName": name, "NotebookInstanceArn": arn(f"notebook-instance/{name}"), "NotebookInstanceStatus": status,
            "InstanceType": "ml.t3.medium", "NotebookInstanceLifecycleConfigName": "install", "CreationTime": millis(900), "LastModifiedTime": millis()})
    if wave == 1:
        return [notebook("desk", "InService"), event("Tracking Server Creating", "mlflow-tracking-server/lab", {}),
                event("Tracking Server Maintenance In Progress", "mlflow-tracking-server/office", {}),
                event("MLFlow Tracking Server Creating Run", "mlflow-tracking-server/lab", {"run": 1})]
    return [notebook("bench", "Failed"), event("Tracking Server Create Failed", "mlflow-tracking-server/lab", {}),
            event("MLFlow Tracking Server Creating Run", "mlflow-tracking-server/lab", {"run": 2}),
            event("Notebook Lifecycle Config State Change", "notebook-instance-lifecycle-config/install", {
                "NotebookInstanceLifecycleConfigName": "install", "CreationTime": millis(900), "LastModifiedTime": millis(),
                "NotebookInstanceLifecycleConfigArn": arn("notebook-instance-lifecycle-config/install")}),
            event("Monitoring Schedule State Change", "monitoring-schedule/drift", {
                "MonitoringScheduleName": "drift", "MonitoringScheduleArn": arn("monitoring-schedule/drift"),
                "MonitoringScheduleStatus": "Failed", "CreationTime": millis(900), "LastModifiedTime": millis(),
                "LastMonitoringExecutionSummary": {"MonitoringExecutionStatus": "CompletedWithViolations"}})]


def people(wave):
    def loop(name, status):
        return event("A2I HumanLoop Status Change", f"human-loop/{name}", {
            "humanLoopName": name, "humanLoopArn": arn(f"human-loop/{name}"), "humanLoopStatus": status,
            "flowDefinitionArn": arn("flow-definition/receipts"), "creationTime": iso(300)})
    if wave == 1:
        return [loop("one", "InProgress"), loop("two", "InProgress"), event("Human Task Created", "workteam/team", {"task": 1})]
    return [loop("two", "Failed"), event("Human Task Submitted", "workteam/team", {"task": 1}),
            event("Evaluation Job Status Change", "evaluation-job/quality", {"anything": True})]


def api_calls(wave):
    def call(number, **detail):
        told = event("", "nothing", {"eventID": f"call-{wave}-{number}", "eventSource": "sagemaker.amazonaws.com", **detail})
        return {**told, "detail-type": "AWS API Call via CloudTrail", "resources": []}
    return [call(1, eventName="CreateEndpoint"), call(2, eventName="CreateModel", errorCode="AccessDenied")]


def wave(number):
    return [each for area in (jobs, endpoints, clusters, pipelines, models, data, tools, people, api_calls) for each in area(number)]
