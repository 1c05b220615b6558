"""Names by which Kubernetes knows GPUs; nodes and pods must use the same."""

# The resource a pod asks for, and the key of the taint that keeps other pods off GPU nodes.
GPU_RESOURCE = "nvidia.com/gpu"
# On every node with a GPU, with the value "true"; NVIDIA's own charts select it.
GPU_NODE_LABEL = "nvidia.com/gpu.present"
# Value of the taint on nodes with GPUs; what pods tolerate is the key, whatever its value.
GPU_TAINT_VALUE = "present"
