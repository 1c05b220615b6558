"""Names of the series that the platform reads."""

# Prometheus jobs, the same on a laptop and in the cluster.
TRITON_JOB = "triton"
GATEWAY_JOB = "gateway"

# Envoy's own exposition of its statistics, on its admin port.
GATEWAY_METRICS_PATH = "/stats/prometheus"

# Counters of Triton with the labels model and version: docs.nvidia.com, Triton metrics.
# Their quotient over a window is the average executed batch.
INFERENCE_COUNT = "nv_inference_count"
EXECUTION_COUNT = "nv_inference_exec_count"
