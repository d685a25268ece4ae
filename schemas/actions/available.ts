/** Which feature groups this appliance has (upstream daemon/available.c). */
export {};
